// Command object-store is the part of Velero's plugin for Azure that keeps backups in blob storage. The plugin's own
// module is not in Go's module proxy; its way into Azure is, in Velero's library, and is used here.
package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
	"github.com/vmware-tanzu/velero/pkg/util/azure"
)

func main() {
	framework.NewServer().RegisterObjectStore("velero.io/azure", newStore).Serve()
}

func newStore(logger logrus.FieldLogger) (any, error) {
	return &store{logger: logger}, nil
}

type store struct {
	logger logrus.FieldLogger
	client *azblob.Client
}

// Init refuses what the published plugin refuses: a key of a location's configuration that it does not know.
func (s *store) Init(config map[string]string) error {
	known := []string{
		azure.BSLConfigResourceGroup, azure.BSLConfigStorageAccount, azure.BSLConfigSubscriptionID,
		azure.BSLConfigActiveDirectoryAuthorityURI, azure.BSLConfigStorageAccountURI, azure.BSLConfigUseAAD,
		azure.BSLConfigStorageAccountAccessKeyName, "blockSizeInBytes", "credentialsFile",
	}
	if err := framework.ValidateObjectStoreConfigKeys(config, known...); err != nil {
		return err
	}
	client, key, err := azure.NewStorageClient(s.logger, config)
	if err == nil && key != nil {
		err = errors.New("the sandbox has no account keys: set useAAD")
	}
	s.client = client
	return err
}

func (s *store) PutObject(bucket, key string, body io.Reader) error {
	_, err := s.client.UploadStream(context.Background(), bucket, key, body, nil)
	return err
}

func (s *store) ObjectExists(bucket, key string) (bool, error) {
	_, err := s.container(bucket).NewBlobClient(key).GetProperties(context.Background(), nil)
	if bloberror.HasCode(err, bloberror.BlobNotFound, bloberror.ContainerNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *store) GetObject(bucket, key string) (io.ReadCloser, error) {
	answer, err := s.client.DownloadStream(context.Background(), bucket, key, nil)
	return answer.Body, err
}

func (s *store) ListCommonPrefixes(bucket, prefix, delimiter string) ([]string, error) {
	var prefixes []string
	pages := s.container(bucket).NewListBlobsHierarchyPager(delimiter, &container.ListBlobsHierarchyOptions{Prefix: &prefix})
	for pages.More() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return nil, err
		}
		for _, found := range page.Segment.BlobPrefixes {
			prefixes = append(prefixes, *found.Name)
		}
	}
	return prefixes, nil
}

func (s *store) ListObjects(bucket, prefix string) ([]string, error) {
	var keys []string
	pages := s.client.NewListBlobsFlatPager(bucket, &azblob.ListBlobsFlatOptions{Prefix: &prefix})
	for pages.More() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			return nil, err
		}
		for _, found := range page.Segment.BlobItems {
			keys = append(keys, *found.Name)
		}
	}
	return keys, nil
}

func (s *store) DeleteObject(bucket, key string) error {
	_, err := s.client.DeleteBlob(context.Background(), bucket, key, nil)
	return err
}

// CreateSignedURL signs in the identity's own name, with a key that it asks the account for.
func (s *store) CreateSignedURL(bucket, key string, ttl time.Duration) (string, error) {
	// Clocks differ.
	start, expiry := time.Now().UTC().Add(-10*time.Minute), time.Now().UTC().Add(ttl)
	from, until := start.Format(sas.TimeFormat), expiry.Format(sas.TimeFormat)
	credential, err := s.client.ServiceClient().GetUserDelegationCredential(
		context.Background(), service.KeyInfo{Start: &from, Expiry: &until}, nil)
	if err != nil {
		return "", err
	}
	query, err := sas.BlobSignatureValues{
		Protocol:      sas.ProtocolHTTPS,
		StartTime:     start,
		ExpiryTime:    expiry,
		ContainerName: bucket,
		BlobName:      key,
		Permissions:   (&sas.BlobPermissions{Read: true}).String(),
	}.SignWithUserDelegation(credential)
	if err != nil {
		return "", err
	}
	return s.container(bucket).NewBlobClient(key).URL() + "?" + query.Encode(), nil
}

func (s *store) container(name string) *container.Client {
	return s.client.ServiceClient().NewContainerClient(name)
}
