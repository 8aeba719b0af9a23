package caretaker.contracts;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Made-up events. */
final class HealthEvents {
    private HealthEvents() {}

    /** A GPU that was lost. */
    static HealthEvent of(String host, String entity) {
        return new HealthEvent(
                host,
                "a-1",
                7,
                Instant.parse("2026-10-01T12:00:00.250Z"),
                Condition.GPU_LOST,
                HealthEvent.State.RAISED,
                HealthEvent.Severity.CRITICAL,
                new HealthEvent.Entity(HealthEvent.Entity.Kind.GPU, entity, "GPU 3"),
                "79",
                "GPU 3 has fallen off the bus",
                HealthEvent.Action.REBOOT_NODE,
                Map.of("line", "NVRM: Xid (PCI:0000:c1:00): 79", "lastSeen", "2026-10-01T11:59:59Z"),
                false);
    }

    static HealthEvent random(long seed) {
        var random = new Random(seed);
        Map<String, String> evidence = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            evidence.put(text(random, 8), text(random, 40));
        }
        return new HealthEvent(
                "node-" + random.nextInt(1000),
                "agent/" + Long.toHexString(random.nextLong()),
                1 + (random.nextLong() & HealthEvent.MAX_SEQUENCE) / 2,
                Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000_000)),
                one(random, Condition.values()),
                one(random, HealthEvent.State.values()),
                one(random, HealthEvent.Severity.values()),
                new HealthEvent.Entity(
                        one(random, HealthEvent.Entity.Kind.values()), "e" + text(random, 20), text(random, 20)),
                text(random, 5),
                text(random, 100),
                one(random, HealthEvent.Action.values()),
                evidence,
                random.nextBoolean());
    }

    /** Any characters but halves of one. */
    private static String text(Random random, int length) {
        var text = new StringBuilder();
        for (int i = random.nextInt(length + 1); i > 0; i--) {
            int point = random.nextBoolean() ? random.nextInt(128) : random.nextInt(0xD800);
            text.appendCodePoint(random.nextInt(20) == 0 ? 0x1F600 : point);
        }
        return text.toString();
    }

    private static <T> T one(Random random, T[] of) {
        return of[random.nextInt(of.length)];
    }
}
