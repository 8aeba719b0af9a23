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
 * @param kind a program that is known: the url is then its root, and {@code expect} is left out
 * @param expect a status such as {@code 204}, or a text that must be in the answer; any 2xx if it is left out
 */
public record ProbeSettings(
        String name,
        String url,

        @Default("15s") @Range(min = "1s", max = "1h") Duration interval,

        @Default("5s") @Range(min = "100ms", max = "5s") Duration timeout,

        @Default("3") @Range(min = "1", max = "100") int failures,
        @Default("2") @Range(min = "1", max = "100") int successes,
        @Nullable ProbeKind kind,
        @Nullable String expect) {

    public ProbeSettings {
        if (name.isBlank() || name.length() > 200) {
            throw new IllegalArgumentException("a probe needs a name");
        }
        if (Target.parse(url).filter(target -> !target.host().isEmpty()).isEmpty()) {
            throw new IllegalArgumentException("probe '" + name
                    + "': the url is not http://host:port/path, https://host:port/path or tcp://host:port");
        }
        if (kind != null && (expect != null || url.startsWith("tcp:"))) {
            throw new IllegalArgumentException(
                    "probe '" + name + "': a kind is asked over HTTP and knows what to expect; leave out expect");
        }
    }

    ProbeSpec spec() {
        return new ProbeSpec(
                name,
                target(),
                expectation(),
                false,
                interval,
                timeout,
                failures,
                successes,
                Duration.ZERO,
                kind == null ? Duration.ZERO : ProbeSpec.STARTUP_GRACE);
    }

    private Target target() {
        Target target = Target.parse(url).orElseThrow();
        if (kind == null) {
            return target;
        }
        String root = target.path().endsWith("/")
                ? target.path().substring(0, target.path().length() - 1)
                : target.path();
        return target.withPath(root.endsWith(kind.path()) ? root : root + kind.path());
    }

    private Expectation expectation() {
        if (kind != null) {
            return kind.expectation();
        }
        return expect == null ? new Expectation.Success() : ProbeLabels.expectation(expect);
    }
}
