package caretaker.agent.probe;

import java.util.Optional;
import java.util.function.IntSupplier;

/** A program that says how it is in a way of its own: where it is asked, and what its answer must be. */
public enum ProbeKind {
    GRAFANA(3000, "/api/health"),
    PROMETHEUS(9090, Expectation.Prometheus.READY),
    NODE_EXPORTER(9100, "/metrics"),
    CADVISOR(8080, "/healthz"),
    DCGM_EXPORTER(9400, "/metrics");

    private final int port;
    private final String path;

    ProbeKind(int port, String path) {
        this.port = port;
        this.path = path;
    }

    /** By the last word of an image's name, or the name of a compose service. */
    static Optional<ProbeKind> named(String name) {
        return switch (name) {
            case "grafana", "grafana-oss", "grafana-enterprise" -> Optional.of(GRAFANA);
            case "prometheus" -> Optional.of(PROMETHEUS);
            case "node-exporter" -> Optional.of(NODE_EXPORTER);
            case "cadvisor" -> Optional.of(CADVISOR);
            case "dcgm-exporter" -> Optional.of(DCGM_EXPORTER);
            default -> Optional.empty();
        };
    }

    int port() {
        return port;
    }

    String path() {
        return path;
    }

    /** Where nothing is known of its container. */
    Expectation expectation() {
        return expectation(0, ProbeKind::notKnown);
    }

    private static int notKnown() {
        return 0;
    }

    /**
     * What its answer must be.
     *
     * @param gpus that its container was given; 0 where that is not known
     * @param hostGpus that the host's driver lists; 0 where that is not known
     */
    Expectation expectation(int gpus, IntSupplier hostGpus) {
        return switch (this) {
            case GRAFANA -> new Expectation.Grafana();
            case PROMETHEUS -> new Expectation.Prometheus();
            case NODE_EXPORTER, CADVISOR -> new Expectation.Success();
            case DCGM_EXPORTER -> new Expectation.DcgmExporter(gpus, hostGpus);
        };
    }
}
