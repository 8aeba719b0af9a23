package caretaker.agent.probe;

import caretaker.agent.containers.ContainerState;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The probes of programs that are known by their image, or by the name of their compose service. */
final class BuiltInProbes {
    private BuiltInProbes() {}

    /**
     * None if it is no such program, or if it cannot be reached at this moment.
     *
     * @param hostGpus GPUs that the host's driver lists; 0 where that is not known
     */
    static Optional<ProbeSpec> of(ContainerState container, IntSupplier hostGpus) {
        Program program = program(image(container.info().image()));
        if (program == null) {
            program =
                    program(container.info().composeService().replace('_', '-').toLowerCase(Locale.ROOT));
        }
        if (program == null) {
            return Optional.empty();
        }
        Program known = program;
        var target = new Target(Target.Scheme.HTTP, "", known.port(), known.path());
        return ProbeLabels.reach(container, target)
                .map(reached -> ProbeSpec.of(
                        container.info().name(),
                        reached,
                        known.expectation() instanceof Expectation.DcgmExporter && seesAll(container)
                                ? new Expectation.DcgmExporter(hostGpus)
                                : known.expectation()));
    }

    /** Whether it was given all GPUs; one that was given some by name or number is only asked for any. */
    private static boolean seesAll(ContainerState container) {
        return container.gpus().contains("all");
    }

    private record Program(int port, String path, Expectation expectation) {}

    private static @Nullable Program program(String name) {
        return switch (name) {
            case "grafana", "grafana-oss", "grafana-enterprise" ->
                new Program(3000, "/api/health", new Expectation.Grafana());
            case "prometheus" -> new Program(9090, "/-/ready", new Expectation.Prometheus());
            case "node-exporter" -> new Program(9100, "/metrics", new Expectation.Success());
            case "cadvisor" -> new Program(8080, "/healthz", new Expectation.Success());
            case "dcgm-exporter" -> new Program(9400, "/metrics", new Expectation.DcgmExporter(() -> 0));
            default -> null;
        };
    }

    /** The last word of an image's name, without its tag and its digest. */
    private static String image(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return name.split("[:@]", 2)[0].toLowerCase(Locale.ROOT);
    }
}
