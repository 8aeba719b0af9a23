package caretaker.agent.probe;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Port;
import caretaker.agent.containers.Words;
import caretaker.chassis.config.Config;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The probe that a container's owner declares by labels: {@code caretaker.probe=http://:3000/api/health}, with
 * {@code caretaker.probe.interval}, {@code .timeout}, {@code .failures}, {@code .successes} and {@code .expect}; or
 * {@code caretaker.probe=off}.
 *
 * <p>A label never makes the agent ask another host: the host is empty, or one of the container's own addresses, or an
 * address at which one of its ports is published, and then it is that port.
 */
final class ProbeLabels {
    static final String PROBE = "caretaker.probe";
    private static final String LOOPBACK = "127.0.0.1";

    /** What labels ask for. */
    sealed interface Wish {
        /** There is no label. */
        record None() implements Wish {}

        /** The owner wants no probe, not even a built-in one. */
        record Off() implements Wish {}

        record Declared(ProbeSpec spec) implements Wish {}

        /** It cannot be asked at this moment: it has no address. */
        record Unreachable() implements Wish {}

        record Refused(String label, String reason) implements Wish {}
    }

    private ProbeLabels() {}

    static Wish of(ContainerState container) {
        Map<String, String> labels = container.labels();
        String url = labels.get(PROBE);
        if (url == null) {
            return new Wish.None();
        }
        Optional<Boolean> word = Words.yesOrNo(url);
        if (word.isPresent()) {
            return word.get() ? new Wish.None() : new Wish.Off();
        }
        Optional<Target> written = Target.parse(url);
        if (written.isEmpty() || written.get().scheme() == Target.Scheme.HTTPS) {
            return new Wish.Refused(PROBE, "it is not http://:port/path and not tcp://:port");
        }
        Target target = written.get();
        if (!target.host().isEmpty() && !isOwn(container, target)) {
            return new Wish.Refused(PROBE, "it names another host");
        }
        Optional<Target> address = target.host().isEmpty() ? reach(container, target) : written;
        if (address.isEmpty()) {
            return new Wish.Unreachable();
        }
        String expect = labels.get(PROBE + ".expect");
        ProbeSpec spec = ProbeSpec.of(
                container.info().name(),
                address.get(),
                expect == null ? new Expectation.Success() : expectation(expect));
        return adjusted(spec, labels);
    }

    private static boolean isOwn(ContainerState container, Target target) {
        if (container.addresses().containsValue(target.host())) {
            return true;
        }
        return container.ports().stream()
                .anyMatch(port -> port.outside() == target.port()
                        && port.protocol().equals("tcp") // or the same number is a program of the host
                        && (port.hostAddress().equals(target.host())
                                || (isEverywhere(port) && target.host().equals(LOOPBACK))));
    }

    private static boolean isEverywhere(Port port) {
        return port.hostAddress().isEmpty() || port.hostAddress().equals("0.0.0.0");
    }

    /** Where a port of the container answers: at its own address, on the host's network, or where it is published. */
    static Optional<Target> reach(ContainerState container, Target target) {
        Optional<String> address =
                new TreeMap<>(container.addresses()).values().stream().findFirst();
        if (address.isPresent()) {
            return Optional.of(target.at(address.get().isEmpty() ? LOOPBACK : address.get(), target.port()));
        }
        return container.ports().stream()
                .filter(port -> port.inside() == target.port() && port.outside() > 0)
                .filter(port -> port.protocol().equals("tcp"))
                .findFirst()
                .map(port -> target.at(isEverywhere(port) ? LOOPBACK : port.hostAddress(), port.outside()));
    }

    /** Three digits are a status, anything else is a text. */
    static Expectation expectation(String expect) {
        return expect.matches("[1-5][0-9]{2}")
                ? new Expectation.Status(Integer.parseInt(expect))
                : new Expectation.Contains(expect);
    }

    /** With the times and the counts that labels give, whoever has declared it. */
    static Wish adjusted(ProbeSpec spec, Map<String, String> labels) {
        try {
            Duration interval = duration(labels, ".interval", spec.interval());
            Duration timeout = duration(labels, ".timeout", spec.timeout());
            if (interval.compareTo(ProbeSpec.SHORTEST_INTERVAL) < 0
                    || interval.compareTo(ProbeSpec.LONGEST_INTERVAL) > 0) {
                return new Wish.Refused(PROBE + ".interval", "it is not between 1s and 1d");
            }
            if (timeout.compareTo(ProbeSpec.LONGEST_TIMEOUT) > 0 || timeout.toMillis() < 1) {
                return new Wish.Refused(PROBE + ".timeout", "it is not between 1ms and 5s");
            }
            return new Wish.Declared(new ProbeSpec(
                    spec.name(),
                    spec.target(),
                    spec.expectation(),
                    spec.assumed(),
                    interval,
                    timeout,
                    count(labels, ".failures", spec.failures()),
                    count(labels, ".successes", spec.successes()),
                    spec.grace(),
                    spec.startupGrace()));
        } catch (IllegalArgumentException e) {
            return new Wish.Refused(PROBE + ".*", Words.line(String.valueOf(e.getMessage()), 200));
        }
    }

    private static Duration duration(Map<String, String> labels, String name, Duration otherwise) {
        String text = labels.get(PROBE + name);
        return text == null ? otherwise : Config.duration(text);
    }

    private static int count(Map<String, String> labels, String name, int otherwise) {
        String text = labels.get(PROBE + name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[1-9][0-9]?")) {
            throw new IllegalArgumentException("'" + text + "' is not a number from 1 to 99");
        }
        return Integer.parseInt(text);
    }
}
