package caretaker.alerts.state;

import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.NotificationLog;
import caretaker.contracts.NotificationEvent;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Keys of the notification log as text: those of the records, which the API shows too. */
public final class NotificationKeys {
    /** A group's key and a receiver's name may have slashes; a key ends with a brace, which no name has before one. */
    private static final Pattern TEXT = Pattern.compile("(?s)(.*}|[^/}]*)/(.*)/([a-z]+)\\[([0-9]{1,6})]");

    private NotificationKeys() {}

    public static String text(NotificationLog.Key key) {
        return key.group().key() + "/" + key.group().receiver() + "/"
                + key.kind().word() + "[" + key.index() + "]";
    }

    /** Reads {@link #text}; empty for what is none, or of a kind that this version does not know. */
    public static Optional<NotificationLog.Key> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? key(matcher.group(1), matcher.group(2), matcher.group(3), Integer.parseInt(matcher.group(4)))
                : Optional.empty();
    }

    /** Empty for a kind that this version does not know. */
    public static Optional<NotificationLog.Key> of(NotificationEvent event) {
        return key(event.groupKey(), event.receiver(), event.integration(), event.index());
    }

    private static Optional<NotificationLog.Key> key(String groupKey, String receiver, String kind, int index) {
        return Stream.of(Integration.Kind.values())
                .filter(each -> each.word().equals(kind))
                .findFirst()
                .map(found -> new NotificationLog.Key(new GroupId(groupKey, receiver), found, index));
    }
}
