package caretaker.cli;

import java.net.URI;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which alert router a command asks. */
final class RouterOptions {
    private static final String STANDARD = "http://127.0.0.1:9093";

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = STANDARD,
            description = "The alert router, with its route prefix (default: ${DEFAULT-VALUE}).")
    private String url = STANDARD;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    URI url() {
        return ServiceOptions.url(url, STANDARD);
    }

    ServiceOptions service() {
        return service;
    }
}
