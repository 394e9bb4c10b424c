import * as assert from "node:assert/strict";
import { webhookAnswer } from "../../../cluster/webhook-answer";

describe("the answer of a webhook whose pods run nothing", () => {
    const ask = (review: object | string, method = "POST") => {
        const body = Buffer.from(typeof review === "string" ? review : JSON.stringify(review));
        const url = new URL("https://webhook.apps.svc/validate");
        return webhookAnswer({ method, url, headers: {}, body })?.body as string | undefined;
    };

    it("lets an object pass, in the version of the question", () => {
        const question = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: { uid: "one" } };
        const { request, ...others } = question;
        assert.deepEqual(JSON.parse(ask(question) ?? ""), { ...others, response: { uid: request.uid, allowed: true } });
    });

    it("gives objects the version that is asked for, and leaves their fields", () => {
        const objects = [{ apiVersion: "dapr.io/v1alpha1", kind: "Subscription", spec: { topic: "orders" } }];
        const request = { uid: "two", desiredAPIVersion: "dapr.io/v2alpha1", objects };
        const answer = ask({ apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview", request });
        const { response } = JSON.parse(answer ?? "") as { response: object };
        assert.deepEqual(response, {
            uid: "two",
            result: { status: "Success" },
            convertedObjects: [{ ...objects[0], apiVersion: "dapr.io/v2alpha1" }],
        });
    });

    it("is none to others than the API server", () => {
        assert.equal(ask("page=1"), undefined);
        assert.equal(ask({ kind: "Pod", request: { uid: "three" } }), undefined);
        assert.equal(ask({ kind: "AdmissionReview", request: { uid: "four" } }, "GET"), undefined);
    });
});
