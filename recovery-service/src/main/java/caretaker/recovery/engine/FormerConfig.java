package caretaker.recovery.engine;

import caretaker.chassis.Logs;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.engine.Web.Answer;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configuration file of a Prometheus while it is known to be good, and puts the former one back. What is in
 * it is neither logged nor told.
 */
final class FormerConfig {
    private static final Logger LOGGER = LoggerFactory.getLogger(FormerConfig.class);
    private static final Duration RELOADING = Duration.ofSeconds(15);
    private static final String FLAG = "--config.file";
    private static final String USUAL = "/etc/prometheus/prometheus.yml";
    private static final Pattern SUCCESSFUL =
            Pattern.compile("(?m)^prometheus_config_last_reload_successful ([0-9.e+]+)$");
    private static final Pattern AT =
            Pattern.compile("(?m)^prometheus_config_last_reload_success_timestamp_seconds ([0-9.e+]+)$");

    /** Without --web.enable-lifecycle it is not reloaded by HTTP. */
    private static final Set<Integer> NOT_BY_HTTP = Set.of(403, 404, 405);

    private final Daemon daemon;
    private final Census census;
    private final Web web;
    private final KeptConfigs kept;
    private final InstantSource clock;

    /** @param folder for what is kept */
    FormerConfig(Daemon daemon, Census census, Web web, Path folder, InstantSource clock) {
        this.daemon = daemon;
        this.census = census;
        this.web = web;
        kept = new KeptConfigs(folder);
        this.clock = clock;
    }

    /** Where its configuration is, by its arguments. */
    static String path(Inspection container) {
        return container.flag(FLAG).filter(path -> path.startsWith("/")).orElse(USUAL);
    }

    /**
     * Keeps what it has, if its own metrics say that it has read it, as it is now. To be called while it is ready.
     *
     * @param metrics what it said before this call
     */
    void keep(Sighting seen, String metrics) {
        Matcher successful = SUCCESSFUL.matcher(metrics);
        Matcher at = AT.matcher(metrics);
        if (!successful.find() || !at.find() || Double.parseDouble(successful.group(1)) != 1) {
            return;
        }
        Instant read = Instant.ofEpochMilli((long) (Double.parseDouble(at.group(1)) * 1000));
        try {
            Optional<Inspection> container = census.inspect(seen.identity().id());
            if (container.isEmpty()) {
                return;
            }
            Daemon.Archived file = daemon.archived(container.get().id(), path(container.get()), KeptConfigs.MAX_BYTES);
            if (!file.changed().isAfter(read)) {
                kept.good(seen.key(), file.file().content(), clock.instant());
            }
        } catch (Refusal | Unavailable | IOException e) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("container", seen.identity().name())
                    .addKeyValue("reason", Refusal.line(String.valueOf(e.getMessage())))
                    .log("its good configuration could not be kept");
        }
    }

    /** When the one was kept that could be put back; empty if there is none. */
    Optional<Instant> keptAt(Sighting seen, Inspection container) {
        try {
            Tar.File present = daemon.archived(container.id(), path(container), KeptConfigs.MAX_BYTES)
                    .file();
            return kept.former(seen.key(), present.content()).map(KeptConfigs.Kept::at);
        } catch (Refusal | Unavailable | IOException e) {
            return Optional.empty();
        }
    }

    /** Puts it back, and has it read. Begun again after a crash, it puts the same one back. */
    Result of(Inspection container, Effect.Perform perform, BooleanSupplier mayPerform) throws Unavailable, Refusal {
        String key = perform.container().key();
        String path = path(container);
        try {
            Tar.File present =
                    daemon.archived(container.id(), path, KeptConfigs.MAX_BYTES).file();
            byte[] broken = kept.aside(key, perform.operation().id(), present.content(), clock.instant());
            Optional<KeptConfigs.Kept> former = kept.former(key, broken);
            if (former.isEmpty()) {
                return new Result.Refused("no former configuration of it was kept");
            }
            byte[] wanted = former.get().read();
            if (!Arrays.equals(present.content(), wanted)) {
                try {
                    put(container, path, present, wanted);
                } catch (Refusal e) {
                    return new Result.Refused(Refusal.line(path + " cannot be replaced, the former one is in "
                            + former.get().path() + ": " + e.why()));
                }
            }
        } catch (IOException e) {
            return new Result.Refused(Refusal.line(path + ": " + e.getMessage()));
        }
        return mayPerform.getAsBoolean() ? read(container, perform) : new Result.Held();
    }

    /** With the owner and the mode that it has. */
    private void put(Inspection container, String path, Tar.File present, byte[] content) throws Unavailable, Refusal {
        int slash = path.lastIndexOf('/');
        var file = new Tar.File(content, present.mode(), present.uid(), present.gid());
        daemon.unpack(
                container.id(),
                slash == 0 ? "/" : path.substring(0, slash),
                Tar.of(path.substring(slash + 1), file, clock.instant()));
    }

    private Result read(Inspection container, Effect.Perform perform) throws Unavailable, Refusal {
        Operation operation = perform.operation();
        String id = operation.before().containerId();
        if (container.state().filter(State.EXITED::equals).isPresent()) {
            Actions.start(daemon, id);
            return new Result.Done();
        }
        Rung rung = perform.rung();
        List<Endpoint> places = census.network(container)
                .map(of -> Endpoint.of(of, rung.port(), rung.path()))
                .orElse(List.of());
        try {
            Answer answer = web.ask(HttpMethod.POST, places, RELOADING);
            if (answer.isSuccess()) {
                return new Result.Done();
            }
            if (!NOT_BY_HTTP.contains(answer.status())) {
                return new Result.Refused(Refusal.line("it answered " + answer.status() + ": " + answer.body()));
            }
        } catch (Web.Unreached e) {
            LOGGER.atDebug().setCause(e).log("it cannot be asked, so it gets a signal");
        } catch (IOException e) {
            return new Result.Unknown(Refusal.line(String.valueOf(e.getMessage())));
        }
        daemon.post("/containers/" + id + "/kill?signal=HUP", null, Daemon.QUICK);
        return new Result.Done();
    }
}
