package caretaker.recovery.engine;

import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.docker.EngineAddress;
import java.time.Duration;

/**
 * The engine whose containers are repaired.
 *
 * @param host the engine: {@code unix:///path} or {@code tcp://address:port}
 * @param resync how often all containers are listed, whatever the event stream says
 * @param keptIncidents incidents whose evidence is kept; that of the oldest goes first
 * @param maxCopy what a copy of a container's folder may have; where it is more, none is made
 */
public record EngineSettings(
        @Default("unix:///var/run/docker.sock") String host,
        @Default("60s") @Range(min = "1s", max = "1h") Duration resync,
        @Default("1000") @Range(min = "1", max = "100000") int keptIncidents,
        @Default("10GiB") @Range(min = "1KiB", max = "1TiB") Bytes maxCopy) {

    public EngineSettings {
        try {
            EngineAddress.of(host);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("engine.host " + e.getMessage(), e);
        }
    }

    EngineAddress address() {
        return EngineAddress.of(host);
    }
}
