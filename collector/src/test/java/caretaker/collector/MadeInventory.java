package caretaker.collector;

import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventory.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An inventory as an agent would send it: a host at {@code 10.0.0.7} and what is added to it. */
public final class MadeInventory {
    public static final String ADDRESS = "10.0.0.7";

    private final String host;
    private final List<HostInventory.Gpu> gpus = new ArrayList<>();
    private final List<HostInventory.Container> containers = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private String address = ADDRESS;
    private Duration interval = Duration.ofMinutes(1);
    private long sequence = 1;

    private MadeInventory(String host) {
        this.host = host;
    }

    public static MadeInventory of(String host) {
        return new MadeInventory(host);
    }

    public MadeInventory address(String where) {
        address = where;
        return this;
    }

    public MadeInventory interval(Duration length) {
        interval = length;
        return this;
    }

    public MadeInventory sequence(long number) {
        sequence = number;
        return this;
    }

    public MadeInventory gpus(int count) {
        for (int i = 0; i < count; i++) {
            gpus.add(new HostInventory.Gpu(
                    i, "GPU-" + host + "-" + i, "NVIDIA H100 80GB HBM3", "00000000:0" + i + ":00.0", "", false));
        }
        return this;
    }

    public MadeInventory container(String id, String name, String... addresses) {
        @Nullable Instant started = null;
        containers.add(new HostInventory.Container(
                id, name, "", "", "", 0, "running", "", started, List.of(addresses), List.of()));
        return this;
    }

    public MadeInventory target(Target target) {
        targets.add(target);
        return this;
    }

    /** What a container's labels ask for. */
    public MadeInventory ml(String container, String where, int port, Map<String, String> labels) {
        return target(ml("ml", container, where, port, labels));
    }

    public static Target ml(String job, String container, String where, int port, Map<String, String> labels) {
        return new Target(
                Target.ML, job, where, port, "/metrics", Target.Scheme.HTTP, labels, container, "says-another-name");
    }

    public static Target exporter(String kind, String where, int port) {
        return new Target(kind, kind, where, port, "/metrics", Target.Scheme.HTTP, Map.of(), "", "");
    }

    public HostInventory made() {
        return new HostInventory(
                host,
                "agent-1",
                sequence,
                Instant.parse("2026-10-01T12:00:00Z"),
                interval,
                address,
                Records.INFO,
                gpus.size(),
                gpus,
                containers,
                targets,
                HostInventory.Omitted.NONE);
    }
}
