package caretaker.agent.probe;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A probe that the agent's operator asks for.
 *
 * @param name how the service is called in events
 * @param url {@code http://host:port/path}, {@code https://...} or {@code tcp://host:port}
 * @param expect a status such as {@code 204}, or a text that must be in the answer; any 2xx if it is left out
 */
public record ProbeSettings(
        String name,
        String url,

        @Default("15s") @Range(min = "1s", max = "1h") Duration interval,

        @Default("5s") @Range(min = "100ms", max = "5s") Duration timeout,

        @Default("3") @Range(min = "1", max = "100") int failures,
        @Default("2") @Range(min = "1", max = "100") int successes,
        @Nullable String expect) {

    public ProbeSettings {
        if (name.isBlank() || name.length() > 200) {
            throw new IllegalArgumentException("a probe needs a name");
        }
        if (Target.parse(url).filter(target -> !target.host().isEmpty()).isEmpty()) {
            throw new IllegalArgumentException("probe '" + name
                    + "': the url is not http://host:port/path, https://host:port/path or tcp://host:port");
        }
    }

    ProbeSpec spec() {
        return new ProbeSpec(
                name,
                Target.parse(url).orElseThrow(),
                expect == null ? new Expectation.Success() : ProbeLabels.expectation(expect),
                interval,
                timeout,
                failures,
                successes,
                Duration.ZERO,
                Duration.ZERO);
    }
}
