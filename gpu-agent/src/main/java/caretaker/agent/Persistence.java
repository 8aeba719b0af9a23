package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.agent.health.HealthLedger;
import caretaker.agent.health.LedgerFile;
import caretaker.agent.health.LedgerKeeper;
import caretaker.agent.health.LedgerState;
import caretaker.agent.health.LostGpus;
import caretaker.agent.poll.HostPoll;
import caretaker.chassis.Closer;
import caretaker.chassis.DataDirectory;
import caretaker.chassis.Journal;
import caretaker.chassis.Outbox;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What outlives the agent's process, if it was told of a folder: unsent events, and what is raised. */
final class Persistence {
    private static final int MAX_NAME = 200;

    /** They look at all GPUs whenever the driver lets them. */
    private static final Set<String> OF_GPUS = Set.of(HostPoll.WATCHER, HostHealth.RULES, LostGpus.WATCHER);

    private final GpuAgentConfig config;
    private final @Nullable DataDirectory data;
    private final @Nullable LedgerKeeper keeper;
    private final Vertx vertx;

    private Persistence(
            GpuAgentConfig config, @Nullable DataDirectory data, @Nullable LedgerKeeper keeper, Vertx vertx) {
        this.config = config;
        this.data = data;
        this.keeper = keeper;
        this.vertx = vertx;
    }

    /** @throws DataDirectory.Unusable if there is a folder and it cannot be written to, or another process has it */
    static Persistence open(GpuAgentConfig config, Closer closer, AgentMetrics metrics, Vertx vertx) {
        if (config.dataDir() == null) {
            return new Persistence(config, null, null, vertx);
        }
        var data = closer.opened("data-dir", DataDirectory.open(config.dataDir()));
        var keeper = closer.opened("conditions file", new LedgerKeeper(metrics::conditionsFileFailed));
        return new Persistence(config, data, keeper, vertx);
    }

    /** To be called before the first event. */
    void keepEvents(Outbox outbox, MeterRegistry registry) {
        if (data != null) {
            String topic = Topic.HEALTH.fullName();
            outbox.keepOnDisk(
                    topic,
                    Journal.open(
                            data.resolve("outbox").resolve(topic),
                            topic,
                            config.buffer().journal(),
                            registry));
        }
    }

    /** The ledger of a host, with what a former run had raised. */
    HealthLedger ledger(HostPoll.Publisher publisher, InstantSource clock, Consumer<HealthEvent> outlet) {
        var ledger = new HealthLedger(publisher.host(), publisher.agentId(), clock, outlet);
        ledger.follow(config.health().rules());
        if (data == null || keeper == null) {
            return ledger;
        }
        var file = new LedgerFile(data.resolve("conditions-" + fileName(publisher.host())));
        LedgerState former = keeper.load(file);
        ledger.whenChanged(keeper.keep(file, ledger::state));
        ledger.restore(former);
        if (!former.raised().isEmpty()) {
            var restored = config.restored();
            vertx.setTimer(restored.confirmAfter().toMillis(), _ -> ledger.confirmRestored());
            vertx.setTimer(restored.forgetAfter().toMillis(), _ -> ledger.dropRestored(OF_GPUS));
        }
        return ledger;
    }

    /** Where something of a host is kept, or null if nothing is. */
    @Nullable Path file(String kind, String host) {
        return data == null ? null : data.resolve(kind + "-" + fileName(host));
    }

    /** A host's name may hold what a file's may not, and may be longer. */
    private static String fileName(String host) {
        String name = URLEncoder.encode(host, UTF_8);
        return name.length() <= MAX_NAME
                ? name
                : UUID.nameUUIDFromBytes(host.getBytes(UTF_8)).toString();
    }
}
