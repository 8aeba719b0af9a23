package caretaker.agent.xid;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a GPU sits, without the function: kernel lines leave it out. Their domain has four digits or eight. */
public record PciAddress(int domain, int bus, int device) {
    private static final Pattern FORM =
            Pattern.compile("(?:([0-9A-Fa-f]{4,8}):)?([0-9A-Fa-f]{2}):([0-9A-Fa-f]{2})(?:\\.[0-7])?");

    /** Reads {@code 0000:9b:00}, {@code 00000000:9B:00.0}, {@code 9b:00.0}; null where it is none of these. */
    public static @Nullable PciAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String domain = matcher.group(1);
        return new PciAddress(
                domain == null ? 0 : Integer.parseUnsignedInt(domain, 16),
                Integer.parseInt(matcher.group(2), 16),
                Integer.parseInt(matcher.group(3), 16));
    }

    /** As kernel lines write it. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%04x:%02x:%02x", domain, bus, device);
    }
}
