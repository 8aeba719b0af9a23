package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Decoded;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.MaintenanceLockCodec;
import caretaker.contracts.Topic;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Somebody works on containers: a record on the bus that every recovery service and backup service respects. */
abstract class MaintenanceCommand extends Asking {
    @Mixin
    private BusOptions bus = new BusOptions();

    @Mixin
    private Person person = new Person();

    @Parameters(
            paramLabel = "CONTAINERS",
            description = "A container's key or name, the beginning of keys (research, research/grafana), or '*'.")
    private String containers = "";

    @Option(
            names = "--host",
            paramLabel = "NAME",
            defaultValue = MaintenanceLock.ALL,
            description = "Only on this host (default: on all).")
    private String host = MaintenanceLock.ALL;

    private final InstantSource clock = InstantSource.system();

    @Override
    final int ask() {
        return run(clock.instant());
    }

    abstract int run(Instant now);

    final MaintenanceLock lock(String reason, Instant now, Duration length) {
        try {
            return new MaintenanceLock(host, containers, "user:" + person.name(), reason, now, now.plus(length));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CommandFailure(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /** The locks that are on the bus, by key. */
    final Map<String, MaintenanceLock> locks() {
        Map<String, MaintenanceLock> locks = new TreeMap<>();
        Map<String, @Nullable Duration> whole = new HashMap<>();
        whole.put(Topic.MAINTENANCE.fullName(), null);
        var codec = new MaintenanceLockCodec();
        try (var reader = new BusReader(bus, clock)) {
            if (reader.begin(whole) == 0) {
                throw new CommandFailure(
                        Exit.NOT_FOUND,
                        "no topic " + Topic.MAINTENANCE.fullName() + " at "
                                + bus.kafka().bootstrap() + "; is a recovery service running?");
            }
            reader.readToEnd(null, record -> {
                String key = record.key() == null ? "" : new String(record.key(), UTF_8);
                locks.remove(key);
                if (codec.decode(record.value()) instanceof Decoded.Known<MaintenanceLock>(MaintenanceLock lock)) {
                    locks.put(key, lock);
                }
            });
        }
        return locks;
    }

    /** @param value null gives the lock back */
    final void send(String key, byte @Nullable [] value) {
        int timeout = (int) bus.timeout().toMillis();
        Map<String, Object> settings = bus.kafka().settings();
        settings.put("acks", "all");
        settings.put("max.block.ms", timeout);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topic.MAINTENANCE.fullName(), key.getBytes(UTF_8), value))
                    .get(timeout, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new CommandFailure(
                    Exit.UNREACHABLE,
                    "Kafka at " + bus.kafka().bootstrap() + " did not take the lock: " + cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(Exit.FAILURE, "interrupted");
        }
    }

    final void show(String status, MaintenanceLock lock, String line) {
        ObjectNode document = Json.document().put("status", status);
        document.putObject("lock")
                .put("key", lock.key())
                .put("host", lock.host())
                .put("containers", lock.containers())
                .put("holder", lock.holder())
                .put("reason", lock.reason())
                .put("since", lock.since().toString())
                .put("until", lock.until().toString());
        show(document, List.of(Table.plain(line)));
    }

    @Command(
            name = "lock",
            description = "Work on containers: nothing repairs them meanwhile, on any host.",
            footer = {
                "",
                "The lock ends by itself. Locking again renews it; locks of other people count besides.",
                "",
                "Examples:",
                "  caretaker recovery lock research --for 30m --reason 'new images'",
                "  caretaker recovery lock '*' --host node-07 --for 2h"
            })
    static final class Lock extends MaintenanceCommand {
        @Option(names = "--for", required = true, paramLabel = "TIME", description = "How long, at most 7d.")
        private Duration length = Duration.ZERO;

        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "One sentence.")
        private String reason = "";

        @Override
        int run(Instant now) {
            MaintenanceLock lock = lock(reason, now, length);
            locks(); // the topic must be there: one that a broker makes by itself would not keep it
            send(lock.key(), new MaintenanceLockCodec().encode(lock));
            show(
                    "locked",
                    lock,
                    lock.containers() + " on " + where(lock) + " is left alone until "
                            + Table.time(lock.until().toString()));
            return Exit.OK;
        }
    }

    @Command(
            name = "unlock",
            description = "Give a lock back before its end.",
            footer = {"", "Examples:", "  caretaker recovery unlock research"})
    static final class Unlock extends MaintenanceCommand {
        @Override
        int run(Instant now) {
            String key = lock("", now, Duration.ofSeconds(1)).key();
            Map<String, MaintenanceLock> locks = locks();
            MaintenanceLock lock = locks.get(key);
            if (lock == null) {
                throw new CommandFailure(
                        Exit.NOT_FOUND,
                        "no lock " + key + "; there " + (locks.size() == 1 ? "is " : "are ")
                                + (locks.isEmpty() ? "none" : String.join(", ", locks.keySet())));
            }
            send(key, null);
            show("unlocked", lock, lock.containers() + " on " + where(lock) + " is looked after again");
            return Exit.OK;
        }
    }

    private static String where(MaintenanceLock lock) {
        return lock.host().equals(MaintenanceLock.ALL) ? "all hosts" : lock.host();
    }
}
