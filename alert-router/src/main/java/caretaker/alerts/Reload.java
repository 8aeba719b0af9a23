package caretaker.alerts;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.state.Desk;
import caretaker.chassis.config.ConfigException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Reads Alertmanager's file again. Any thread that may wait. */
final class Reload {
    private final Path file;
    private final MatcherSyntax syntax;
    private final Desk desk;
    private final InstantSource clock;
    private volatile boolean succeeded = true;
    private volatile double succeededAt;

    Reload(Path file, MatcherSyntax syntax, Desk desk, MeterRegistry registry, InstantSource clock) {
        this.file = file;
        this.syntax = syntax;
        this.desk = desk;
        this.clock = clock;
        this.succeededAt = clock.millis() / 1000.0;
        Gauge.builder("alertmanager.config.last.reload.successful", this, reload -> reload.succeeded ? 1 : 0)
                .strongReference(true)
                .register(registry);
        Gauge.builder("alertmanager.config.last.reload.success.timestamp.seconds", this, reload -> reload.succeededAt)
                .strongReference(true)
                .register(registry);
    }

    /** Why the file was not taken; the old one stays then. */
    synchronized Optional<String> now() {
        try {
            var config = AlertmanagerConfig.load(file, syntax);
            var _ = desk.ask((board, now) -> {
                        board.reload(config, now);
                        return true;
                    })
                    .join();
            succeeded = true;
            succeededAt = clock.millis() / 1000.0;
            return Optional.empty();
        } catch (ConfigException | CompletionException e) {
            succeeded = false;
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
