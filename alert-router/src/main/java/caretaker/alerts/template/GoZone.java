package caretaker.alerts.template;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/** A time zone by its IANA name. */
record GoZone(String name, ZoneId zone) {
    static final GoZone UTC = new GoZone("UTC", ZoneOffset.UTC);

    private static final Set<String> KNOWN = Set.copyOf(ZoneId.getAvailableZoneIds());
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("zzz", Locale.US);

    /** As Go's LoadLocation: UTC for the empty name. Local is UTC, the zone in which services run. */
    static GoZone of(String name) {
        if (name.isEmpty() || name.equals("UTC")) {
            return UTC;
        }
        if (name.equals("Local")) {
            return new GoZone("Local", ZoneOffset.UTC);
        }
        try {
            if (KNOWN.contains(name)) {
                return new GoZone(name, ZoneId.of(name));
            }
        } catch (DateTimeException e) {
            throw unknown(name);
        }
        throw unknown(name);
    }

    private static GoError unknown(String name) {
        return new GoError("unknown time zone " + name);
    }

    int offsetSeconds(Instant at) {
        return zone.getRules().getOffset(at).getTotalSeconds();
    }

    /** {@code CET}, or {@code +0530} where the zone's short name is a number. */
    String abbreviation(Instant at) {
        if (zone.equals(ZoneOffset.UTC)) {
            return "UTC";
        }
        String known = ZoneNames.find(name, offsetSeconds(at), zone.getRules().isDaylightSavings(at));
        if (known != null) {
            return known;
        }
        String javas = SHORT.format(at.atZone(zone));
        return javas.matches("[A-Z]{3,5}") ? javas : numeric(offsetSeconds(at));
    }

    private static String numeric(int offset) {
        int minutes = Math.abs(offset) / 60;
        String hours = String.format("%s%02d", offset < 0 ? "-" : "+", minutes / 60);
        return minutes % 60 == 0 ? hours : hours + String.format("%02d", minutes % 60);
    }
}
