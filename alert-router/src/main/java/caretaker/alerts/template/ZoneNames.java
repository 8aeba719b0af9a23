package caretaker.alerts.template;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The short names of a zone, such as CET, from the system's time zone files (RFC 8536), which Go reads too. Java's own
 * names differ from them for zones without an English abbreviation. Any thread.
 */
final class ZoneNames {
    private static final Path FILES = Path.of("/usr/share/zoneinfo");
    private static final int MAX_BYTES = 1 << 20;
    private static final int HEADER = 44;
    /** One entry for each zone that Java knows: some 600. */
    private static final Map<String, byte[]> LOADED = new ConcurrentHashMap<>();

    private ZoneNames() {}

    /** The latest name with this offset; null if the system has no file for the zone. */
    static @Nullable String find(String zone, int offsetSeconds, boolean summer) {
        byte[] file = LOADED.computeIfAbsent(zone, ZoneNames::load);
        try {
            return file.length < HEADER ? null : find(ByteBuffer.wrap(file), offsetSeconds, summer);
        } catch (IndexOutOfBoundsException e) {
            return null; // a broken file is as none
        }
    }

    private static byte[] load(String zone) {
        Path file = FILES.resolve(zone).normalize();
        try {
            boolean fits = file.startsWith(FILES) && Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES;
            return fits ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static @Nullable String find(ByteBuffer file, int offset, boolean summer) {
        int data = HEADER;
        int header = 0;
        int width = 4;
        if (file.get(4) >= '2') { // the first block is for old readers
            header = HEADER + blockLength(file, 0, width);
            data = header + HEADER;
            width = 8;
        }
        int times = file.getInt(header + 32);
        int kinds = file.getInt(header + 36);
        int types = data + times * width + times;
        int names = types + kinds * 6;
        for (int i = times - 1; i >= 0; i--) {
            int type = types + 6 * (file.get(data + times * width + i) & 0xff);
            if (matches(file, type, offset, summer)) {
                return name(file, names + (file.get(type + 5) & 0xff));
            }
        }
        for (int type = types; type < names; type += 6) {
            if (matches(file, type, offset, summer)) {
                return name(file, names + (file.get(type + 5) & 0xff));
            }
        }
        return null;
    }

    private static int blockLength(ByteBuffer file, int header, int width) {
        int utc = file.getInt(header + 20);
        int standard = file.getInt(header + 24);
        int leaps = file.getInt(header + 28);
        int times = file.getInt(header + 32);
        int kinds = file.getInt(header + 36);
        int letters = file.getInt(header + 40);
        return times * width + times + kinds * 6 + letters + leaps * (width + 4) + standard + utc;
    }

    private static boolean matches(ByteBuffer file, int type, int offset, boolean summer) {
        return file.getInt(type) == offset && (file.get(type + 4) != 0) == summer;
    }

    private static String name(ByteBuffer file, int from) {
        int to = from;
        while (file.get(to) != 0) {
            to++;
        }
        byte[] letters = new byte[to - from];
        file.get(from, letters);
        return new String(letters, StandardCharsets.US_ASCII);
    }
}
