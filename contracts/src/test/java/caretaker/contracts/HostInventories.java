package caretaker.contracts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Made-up inventories. */
final class HostInventories {
    private static final HostInfo SOFTWARE =
            new HostInfo("580.95.05", "13.580.95.05", "13.0", "580.95.05", "0.1.0", "nvml");

    private HostInventories() {}

    /** A host with a GPU, a training container and its target. */
    static HostInventory of(String host) {
        return new HostInventory(
                host,
                "a-1",
                7,
                Instant.parse("2026-10-01T12:00:00.250Z"),
                Duration.ofMinutes(1),
                "10.0.0.7",
                SOFTWARE,
                8,
                List.of(gpu(0)),
                List.of(container("4f5e6d", List.of("172.18.0.5"))),
                List.of(target("10.0.0.7", 8000)),
                HostInventory.Omitted.NONE);
    }

    static HostInventory.Gpu gpu(int index) {
        return new HostInventory.Gpu(
                index, "GPU-" + index, "NVIDIA H100 80GB HBM3", "00000000:1B:00.0", "1650000000001", false);
    }

    static HostInventory.Container container(String id, List<String> addresses) {
        return new HostInventory.Container(
                id,
                "train",
                "lab/train:7",
                "research",
                "train",
                1,
                "running",
                "healthy",
                Instant.parse("2026-10-01T11:00:00Z"),
                addresses,
                List.of("GPU-0"));
    }

    static HostInventory.Target target(String address, int port) {
        return new HostInventory.Target(
                HostInventory.Target.ML,
                "train",
                address,
                port,
                "/metrics",
                HostInventory.Target.Scheme.HTTP,
                Map.of("model", "llama-70b", "dataset", "c4", "run", "42"),
                "4f5e6d",
                "train");
    }

    static HostInventory random(long seed) {
        var random = new Random(seed);
        List<HostInventory.Gpu> gpus = new ArrayList<>();
        List<HostInventory.Container> containers = new ArrayList<>();
        List<HostInventory.Target> targets = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            gpus.add(new HostInventory.Gpu(
                    i, "GPU-" + i, text(random), text(random), text(random), random.nextBoolean()));
            containers.add(new HostInventory.Container(
                    "c" + i,
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    random.nextInt(3),
                    random.nextBoolean() ? "" : "exited",
                    random.nextBoolean() ? "" : "unhealthy",
                    random.nextBoolean() ? null : Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)),
                    random.nextBoolean() ? List.of() : List.of("172.17.0." + i, "2001:db8::" + i),
                    random.nextBoolean() ? List.of() : List.of("GPU-1", "MIG-2")));
            targets.add(new HostInventory.Target(
                    random.nextBoolean() ? "ml" : "later-kind",
                    "job_" + i,
                    random.nextBoolean() ? "node-1.example.org" : "::1",
                    1 + random.nextInt(65_535),
                    random.nextBoolean() ? "/" : "/a/b.c/metrics",
                    random.nextBoolean() ? HostInventory.Target.Scheme.HTTP : HostInventory.Target.Scheme.HTTPS,
                    random.nextBoolean() ? Map.of() : Map.of("model", text(random), "later_label", text(random)),
                    random.nextBoolean() ? "" : "c" + i,
                    text(random)));
        }
        return new HostInventory(
                "node-" + random.nextInt(1000),
                "agent/" + Long.toHexString(random.nextLong()),
                1 + (random.nextLong() & HealthEvent.MAX_SEQUENCE) / 2,
                Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000_000)),
                Duration.ofMillis(1 + random.nextInt(1_000_000)),
                random.nextBoolean() ? "" : "node-1",
                random.nextBoolean() ? null : SOFTWARE,
                random.nextInt(10) - 1,
                gpus,
                containers,
                targets,
                random.nextBoolean()
                        ? HostInventory.Omitted.NONE
                        : new HostInventory.Omitted(random.nextInt(9), random.nextInt(9), random.nextInt(9)));
    }

    /** Any characters but halves of one. */
    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int point = random.nextBoolean() ? random.nextInt(128) : random.nextInt(0xD800);
            text.appendCodePoint(random.nextInt(20) == 0 ? 0x1F600 : point);
        }
        return text.toString();
    }
}
