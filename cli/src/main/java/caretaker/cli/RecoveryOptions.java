package caretaker.cli;

import java.net.URI;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which recovery service a command asks: there is one on each host. */
final class RecoveryOptions {
    private static final String STANDARD = "http://127.0.0.1:9812";

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = STANDARD,
            description = "The recovery service of a host (default: ${DEFAULT-VALUE}).")
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
