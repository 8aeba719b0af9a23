package caretaker.collector.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Rows of rendered labels, one after another in one array, in the form that a format wants.
 *
 * <p>In the text formats a row is {@code name="value",name="value"} without braces; in protobuf it is LabelPair fields
 * of a Metric message. Labels without a value are left out: Prometheus makes no difference.
 */
final class Labels {
    private final boolean protobuf;
    private byte[] bytes = new byte[256];
    private int length;
    private int[] ends = new int[16];
    private int rows;

    Labels(Format format) {
        protobuf = format == Format.PROTOBUF;
    }

    /** A row that never changes; {@code labels} are names and values in turn. */
    static Labels of(Format format, String... labels) {
        var fixed = new Labels(format);
        for (int i = 0; i < labels.length; i += 2) {
            fixed.add(labels[i], labels[i + 1]);
        }
        fixed.endRow();
        return fixed;
    }

    void clear() {
        length = 0;
        rows = 0;
    }

    int rows() {
        return rows;
    }

    byte[] array() {
        return bytes;
    }

    int start(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    int end(int row) {
        return ends[row];
    }

    /** Adds a label to the row that the next {@link #endRow} ends. */
    Labels add(String name, String value) {
        if (!value.isEmpty()) {
            if (protobuf) {
                addPair(name, value);
            } else {
                addText(name, value);
            }
        }
        return this;
    }

    void endRow() {
        if (rows == ends.length) {
            ends = Arrays.copyOf(ends, 2 * rows);
        }
        ends[rows++] = length;
    }

    private void addText(String name, String value) {
        reserve(name.length() + 6 * value.length() + 4); // a character takes up to three bytes, escaped ones two
        if (length > start(rows)) {
            bytes[length++] = ',';
        }
        put(name);
        bytes[length++] = '=';
        bytes[length++] = '"';
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                putEscaped(value.substring(i).getBytes(UTF_8));
                break;
            }
            putEscaped((byte) c);
        }
        bytes[length++] = '"';
    }

    private void putEscaped(byte[] utf8) {
        for (byte b : utf8) {
            putEscaped(b);
        }
    }

    private void putEscaped(byte b) {
        switch (b) {
            case '\\', '"' -> {
                bytes[length++] = '\\';
                bytes[length++] = b;
            }
            case '\n' -> {
                bytes[length++] = '\\';
                bytes[length++] = 'n';
            }
            default -> bytes[length++] = b;
        }
    }

    private void put(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
    }

    private void addPair(String name, String value) {
        byte[] utf8 = value.getBytes(UTF_8);
        int pair = Wire.textSize(name.length()) + Wire.textSize(utf8.length);
        reserve(pair + 8);
        length = Wire.header(bytes, length, Wire.METRIC_LABEL, pair);
        length = Wire.header(bytes, length, Wire.PAIR_NAME, name.length());
        put(name);
        length = Wire.header(bytes, length, Wire.PAIR_VALUE, utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
