package caretaker.alerts;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.state.Desk;
import caretaker.chassis.config.ConfigException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.ToDoubleFunction;

/** Reads Alertmanager's file again. Any thread that may wait. */
final class Reload {
    private final AlertRouterConfig.Alerting settings;
    private final Desk desk;
    private final Deliveries deliveries;
    private final Couriers couriers;
    private final InstantSource clock;
    private volatile boolean succeeded = true;
    private volatile double succeededAt;
    private volatile double hash;
    private volatile AlertmanagerConfig current;

    /**
     * Of a file that was read once.
     *
     * @param current what is in effect
     */
    Reload(
            AlertRouterConfig.Alerting settings,
            AlertmanagerConfig current,
            Desk desk,
            Deliveries deliveries,
            Couriers couriers,
            MeterRegistry registry,
            InstantSource clock) {
        this.settings = settings;
        this.current = current;
        this.desk = desk;
        this.deliveries = deliveries;
        this.couriers = couriers;
        this.clock = clock;
        this.hash = hash();
        this.succeededAt = clock.millis() / 1000.0;
        show("config.last.reload.successful", "1 if the last reload was taken", registry, r -> r.succeeded ? 1 : 0);
        show("config.last.reload.success.timestamp.seconds", "When one was last", registry, r -> r.succeededAt);
        show("config.hash", "Differs where the file differs", registry, r -> r.hash);
        show(
                "receivers",
                "Receivers that some route names",
                registry,
                r -> r.current.route().receivers().size());
        show("integrations", "Ways of these receivers", registry, Reload::integrations);
        show(
                "inhibition.rules",
                "Inhibition rules in the configuration",
                registry,
                r -> r.current.inhibitRules().size());
    }

    private void show(String name, String description, MeterRegistry registry, ToDoubleFunction<Reload> value) {
        Gauge.builder("alertmanager." + name, this, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private int integrations() {
        var used = current.route().receivers();
        return current.receivers().stream()
                .filter(receiver -> used.contains(receiver.name()))
                .mapToInt(receiver -> receiver.integrations().size())
                .sum();
    }

    /** As Alertmanager makes it: the first six bytes of the file's MD5, the lowest first. */
    private double hash() {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(Files.readAllBytes(settings.configFile()));
            return ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN).getLong() & 0xffff_ffff_ffffL;
        } catch (IOException e) {
            return Double.NaN; // gone since it was read
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has MD5", e);
        }
    }

    /** Why the file was not taken; the old one stays then. */
    synchronized Optional<String> now() {
        try {
            var file = AlertFile.load(settings, clock);
            var _ = desk.ask((board, now) -> {
                        board.reload(file.config(), now);
                        couriers.reload(file.config(), file.templates());
                        deliveries.reloaded(now);
                        return true;
                    })
                    .join();
            current = file.config();
            hash = hash();
            succeeded = true;
            succeededAt = clock.millis() / 1000.0;
            return Optional.empty();
        } catch (ConfigException | CompletionException e) {
            succeeded = false;
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
