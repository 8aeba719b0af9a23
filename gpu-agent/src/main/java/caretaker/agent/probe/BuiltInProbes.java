package caretaker.agent.probe;

import caretaker.agent.containers.ContainerState;
import caretaker.docker.GpuRequests;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;

/** The probes of programs that are known by their image, or by the name of their compose service. */
final class BuiltInProbes {
    private BuiltInProbes() {}

    /**
     * None if it is no such program, or if it cannot be reached at this moment.
     *
     * @param hostGpus GPUs that the host's driver lists; 0 where that is not known
     */
    static Optional<ProbeSpec> of(ContainerState container, IntSupplier hostGpus) {
        return ProbeKind.named(image(container.info().image()))
                .or(() -> ProbeKind.named(
                        container.info().composeService().replace('_', '-').toLowerCase(Locale.ROOT)))
                .flatMap(kind -> ProbeLabels.reach(
                                container, new Target(Target.Scheme.HTTP, "", kind.port(), kind.path()))
                        .map(reached -> ProbeSpec.of(
                                        container.info().name(),
                                        reached,
                                        kind.expectation(gpus(container.gpus()), hostGpus))
                                .asAssumed()));
    }

    /** How many whole GPUs it was given; 0 where that is not known, as with parts of GPUs (MIG), and with none. */
    private static int gpus(List<String> given) {
        boolean hasParts = given.stream().anyMatch(gpu -> gpu.contains("MIG-") || gpu.contains(":"));
        if (given.isEmpty() || hasParts) {
            return 0;
        }
        return GpuRequests.number(given).orElse(Expectation.DcgmExporter.ALL);
    }

    /** The last word of an image's name, without its tag and its digest. */
    private static String image(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return name.split("[:@]", 2)[0].toLowerCase(Locale.ROOT);
    }
}
