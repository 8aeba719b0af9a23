package caretaker.alerts.state;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.Matchers;
import caretaker.alerts.routing.Notified;
import caretaker.alerts.routing.Silence;
import caretaker.contracts.AlertEvent;
import caretaker.contracts.NotificationEvent;
import caretaker.contracts.SilenceEvent;
import java.util.Set;
import java.util.stream.Collectors;

/** Between what the router decides on and what the bus carries. */
public final class Translation {
    private Translation() {}

    public static AlertEvent event(Alert alert) {
        return new AlertEvent(
                alert.fingerprint().toString(),
                alert.labels().asMap(),
                alert.annotations().asMap(),
                alert.startsAt(),
                alert.endsAt(),
                alert.updatedAt(),
                alert.generatorUrl(),
                alert.timeout());
    }

    public static Alert alert(AlertEvent event) {
        var alert = new Alert(
                LabelSet.of(event.labels()),
                LabelSet.keepingEmpty(event.annotations()),
                event.startsAt(),
                event.endsAt(),
                event.updatedAt(),
                event.generatorUrl(),
                event.timeout());
        if (!alert.fingerprint().toString().equals(event.fingerprint())) {
            throw new IllegalArgumentException("a fingerprint that is not that of the labels");
        }
        return alert;
    }

    public static SilenceEvent event(Silence silence) {
        return new SilenceEvent(
                silence.id(),
                silence.matchers().all().stream().map(Translation::matcher).toList(),
                silence.startsAt(),
                silence.endsAt(),
                silence.updatedAt(),
                silence.createdBy(),
                silence.comment(),
                silence.annotations());
    }

    private static SilenceEvent.Matcher matcher(LabelMatcher matcher) {
        boolean isEqual = switch (matcher.operator()) {
            case EQUAL, REGEX -> true;
            case NOT_EQUAL, NOT_REGEX -> false;
        };
        return new SilenceEvent.Matcher(
                matcher.name(), matcher.value(), matcher.operator().isRegex(), isEqual);
    }

    public static Silence silence(SilenceEvent event) {
        return new Silence(
                event.id(),
                new Matchers(event.matchers().stream().map(Translation::matcher).toList()),
                event.startsAt(),
                event.endsAt(),
                event.updatedAt(),
                event.createdBy(),
                event.comment(),
                event.annotations());
    }

    private static LabelMatcher matcher(SilenceEvent.Matcher matcher) {
        return new LabelMatcher(
                LabelMatcher.Operator.of(matcher.isEqual(), matcher.isRegex()), matcher.name(), matcher.value());
    }

    public static NotificationEvent.Sent sent(Notified notified) {
        return new NotificationEvent.Sent(
                notified.at(),
                texts(notified.firing()),
                texts(notified.resolved()),
                notified.expiresAt(),
                notified.data(),
                texts(notified.withheld()),
                notified.repeats());
    }

    public static Notified notified(NotificationEvent.Sent sent) {
        return new Notified(
                sent.at(),
                fingerprints(sent.firing()),
                fingerprints(sent.resolved()),
                sent.expiresAt(),
                sent.data(),
                fingerprints(sent.withheld()),
                sent.repeats());
    }

    public static NotificationEvent.Message message(Pending pending) {
        return new NotificationEvent.Message(
                pending.id(), pending.reason(), pending.since(), texts(pending.firing()), texts(pending.resolved()));
    }

    public static Pending pending(NotificationEvent.Message pending) {
        return new Pending(
                pending.id(),
                pending.reason(),
                pending.since(),
                fingerprints(pending.firing()),
                fingerprints(pending.resolved()));
    }

    private static Set<String> texts(Set<Fingerprint> fingerprints) {
        return fingerprints.stream().map(Fingerprint::toString).collect(Collectors.toSet());
    }

    private static Set<Fingerprint> fingerprints(Set<String> texts) {
        return texts.stream().map(Fingerprint::parse).collect(Collectors.toSet());
    }
}
