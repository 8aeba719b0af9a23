package caretaker.agent.xid;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a line of the kernel log says about a GPU or a switch. */
public sealed interface KernelMessage {
    /** The line as it was written, without the log's own prefix. */
    String raw();

    /**
     * The driver's error code.
     *
     * @param instance the MIG instance, for example {@code GPU-I:05}; empty for the whole GPU
     * @param pid of the process that was hit, on the host; 0 where the driver does not know
     * @param process its name; empty where the driver does not know
     * @param text all that follows
     */
    record Xid(PciAddress pci, String instance, int code, int pid, String process, String text, String raw)
            implements KernelMessage {
        private static final Pattern EARLIER = Pattern.compile("\\b[Xx][Ii][Dd][ :=#(]{0,3}(\\d{1,5})\\b");
        private static final Pattern RECOVERY = Pattern.compile("\\bto 0x([0-9A-Fa-f]{1,8})\\b");
        private static final Pattern LINK = Pattern.compile(
                "\\b([A-Z][A-Z0-9_]+) (Fatal|Non-?fatal)\\b.{0,40}? Link (\\d{1,3}) \\(([0-9A-Fa-fx ]{1,99})",
                Pattern.CASE_INSENSITIVE);

        /** The code that this one follows, where the line names it. */
        public OptionalInt earlier() {
            Matcher matcher = EARLIER.matcher(text);
            return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
        }

        /** The recovery action that the driver has come to, in the numbers of its field 230; for XID 154. */
        public OptionalLong recoveryAction() {
            Matcher matcher = RECOVERY.matcher(text);
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1), 16)) : OptionalLong.empty();
        }

        /** What a line of the codes 144 to 150 says, or null if it is not of that form. */
        public @Nullable LinkError linkError() {
            Matcher matcher = LINK.matcher(text);
            if (!matcher.find()) {
                return null;
            }
            List<String> words = List.of(matcher.group(4).strip().split(" +"));
            String error = words.size() > 1 ? words.get(1) : "";
            return new LinkError(
                    matcher.group(1),
                    matcher.group(2).equalsIgnoreCase("fatal"),
                    Integer.parseInt(matcher.group(3)),
                    parse(error));
        }

        private static long parse(String word) {
            String digits = word.startsWith("0x") ? word.substring(2) : word;
            try {
                return Long.parseLong(digits, 16);
            } catch (NumberFormatException notANumber) {
                return LinkError.NO_WORD;
            }
        }
    }

    /**
     * The detail of an NVLink 5 error.
     *
     * @param unit the part of the chip that reports it
     * @param error the second word of the line: the unit's error bits; {@link #NO_WORD} if there is none
     */
    record LinkError(String unit, boolean fatal, int link, long error) {
        public static final long NO_WORD = -1;
    }

    /** The driver lost a GPU; said with or without XID 79. */
    record FallenOff(PciAddress pci, String raw) implements KernelMessage {}

    /**
     * An NVSwitch's error code.
     *
     * @param device for example {@code nvidia-nvswitch3}
     */
    record SwitchXid(String device, int code, boolean fatal, String text, String raw) implements KernelMessage {}
}
