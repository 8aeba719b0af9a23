package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/** Archives of one small file, as the engine gives and takes them. */
final class Tar {
    private static final int BLOCK = 512;
    private static final int MAX_HEADERS = 8;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int MTIME = 136;
    private static final int SUM = 148;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int MAX_NAME = 100;

    /** What is in a file, its permissions as of {@code chmod}, and whose it is. */
    static final class File {
        private final byte[] content;
        private final int mode;
        private final long uid;
        private final long gid;

        File(byte[] content, int mode, long uid, long gid) {
            this.content = content;
            this.mode = mode;
            this.uid = uid;
            this.gid = gid;
        }

        byte[] content() {
            return content;
        }

        int mode() {
            return mode;
        }

        long uid() {
            return uid;
        }

        long gid() {
            return gid;
        }
    }

    private Tar() {}

    /**
     * The first entry.
     *
     * @throws IOException if it is no plain file, or larger
     */
    static File read(InputStream archive, int mostBytes) throws IOException {
        for (int i = 0; i < MAX_HEADERS; i++) {
            byte[] header = archive.readNBytes(BLOCK);
            if (header.length < BLOCK) {
                throw new IOException("the archive has no file");
            }
            long size = number(header, SIZE, 12);
            byte type = header[TYPE];
            if (type == 'x' || type == 'g') { // attributes of the next one, which matter to nobody here
                archive.skipNBytes(size + padding(size));
                continue;
            }
            if (type != '0' && type != 0) {
                throw new IOException("it is no plain file");
            }
            if (size < 0 || size > mostBytes) {
                throw new IOException("it is larger than " + mostBytes + " bytes");
            }
            byte[] content = archive.readNBytes((int) size);
            if (content.length < size) {
                throw new IOException("the archive is cut off");
            }
            return new File(
                    content, (int) number(header, MODE, 8) & 0xfff, number(header, UID, 8), number(header, GID, 8));
        }
        throw new IOException("the archive has no file");
    }

    /** An archive of one file. */
    static byte[] of(String name, File file, Instant changed) {
        byte[] text = name.getBytes(UTF_8);
        if (text.length > MAX_NAME) {
            throw new IllegalArgumentException("a name of more than " + MAX_NAME + " bytes");
        }
        int length = file.content().length;
        byte[] all = new byte[BLOCK + length + padding(length) + 2 * BLOCK];
        System.arraycopy(text, 0, all, 0, text.length);
        put(all, MODE, 8, file.mode());
        put(all, UID, 8, file.uid());
        put(all, GID, 8, file.gid());
        put(all, SIZE, 12, length);
        put(all, MTIME, 12, changed.getEpochSecond());
        all[TYPE] = '0';
        System.arraycopy("ustar\00000".getBytes(US_ASCII), 0, all, MAGIC, 8);
        Arrays.fill(all, SUM, SUM + 8, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += all[i] & 0xff;
        }
        put(all, SUM, 8, sum);
        System.arraycopy(file.content(), 0, all, BLOCK, length);
        return all;
    }

    private static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    /** In octal digits with a zero behind; what does not fit in them, in binary, as GNU and Go do. */
    private static void put(byte[] header, int at, int width, long value) {
        String digits = String.format(Locale.ROOT, "%0" + (width - 1) + "o", value);
        if (digits.length() < width) {
            System.arraycopy(digits.getBytes(US_ASCII), 0, header, at, digits.length());
            return;
        }
        for (int i = 0; i < width; i++) {
            header[at + width - 1 - i] = i < 8 ? (byte) (value >> (8 * i)) : 0;
        }
        header[at] = (byte) 0x80;
    }

    private static long number(byte[] header, int at, int width) throws IOException {
        if ((header[at] & 0x80) != 0) {
            long value = 0;
            for (int i = 1; i < width; i++) {
                value = (value << 8) | (header[at + i] & 0xff);
            }
            return value;
        }
        String digits =
                new String(header, at, width, US_ASCII).replace('\0', ' ').strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive's header is damaged", e);
        }
    }
}
