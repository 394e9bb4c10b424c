/** Where a client asks for an image, whose name begins with its registry. Docker Hub answers at another host. */
export function imagePlace(image: string): { host: string; repository: string } {
    const [registry = "", ...path] = image.split("/");
    return { host: registry === "docker.io" ? "index.docker.io" : registry, repository: path.join("/") };
}
