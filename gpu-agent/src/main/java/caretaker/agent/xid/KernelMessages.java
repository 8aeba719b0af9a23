package caretaker.agent.xid;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the NVIDIA drivers say among all that a kernel says. One for each log: a message may go over several
 * lines. Takes any text; nothing makes it throw.
 */
public final class KernelMessages {
    /** No line is looked at further than this. */
    static final int MAX_LINE = 4096;

    /** The driver's message about a lost GPU has so many lines at most. */
    private static final int MULTI_LINE = 4;

    private static final String PCI = "[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}(?:\\.[0-7])?";
    private static final Pattern XID = Pattern.compile(
            "NVRM: Xid \\((?:PCI:)?(" + PCI + ")((?: GPU-C?I:\\w{1,8}){0,2})\\): (\\d{1,5})\\b,? ?(.*)");
    private static final Pattern PROCESS = Pattern.compile("pid='?<?(\\w{1,12})>?'?(?:,|$) ?(.*)");
    private static final Pattern NAME = Pattern.compile("name=(.{0,64}?)(?:, |,?$)(.*)");
    private static final Pattern FALLEN =
            Pattern.compile("NVRM: (?:The NVIDIA )?GPU (?:at )?(?:PCI:)?(" + PCI + ")\\b.{0,120}?fallen off the bus.*");
    private static final Pattern FALLEN_FIRST = Pattern.compile("NVRM: The NVIDIA GPU (" + PCI + ")\\b.*");
    private static final Pattern SWITCH = Pattern.compile(
            "(nvidia-nvswitch\\d{1,3}): SXid \\(PCI:[^)]{1,32}\\): (\\d{1,6}), (Fatal|Non-?fatal)\\b,? ?(.*)",
            Pattern.CASE_INSENSITIVE);

    private @Nullable PciAddress falling; // whose first line was there
    private String fallingRaw = "";
    private int fallingLines;

    /** What a message says, which may have several lines; mostly nothing. */
    public List<KernelMessage> parse(String message) {
        boolean ours = message.startsWith("NVRM: ") || message.startsWith("nvidia-nvswitch") || falling != null;
        if (!ours) {
            return List.of();
        }
        List<KernelMessage> found = new ArrayList<>();
        for (String line : message.split("\n", 2 * MULTI_LINE)) {
            KernelMessage one = line(line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line);
            if (one != null) {
                found.add(one);
            }
        }
        return found;
    }

    private @Nullable KernelMessage line(String line) {
        if (line.startsWith("NVRM: Xid (")) {
            return xid(line);
        }
        if (line.startsWith("nvidia-nvswitch")) {
            Matcher matcher = SWITCH.matcher(line);
            return matcher.matches()
                    ? new KernelMessage.SwitchXid(
                            matcher.group(1),
                            Integer.parseInt(matcher.group(2)),
                            matcher.group(3).equalsIgnoreCase("fatal"),
                            matcher.group(4),
                            line)
                    : null;
        }
        return fallenOff(line);
    }

    private @Nullable KernelMessage fallenOff(String line) {
        Matcher whole = FALLEN.matcher(line);
        if (whole.matches()) {
            falling = null;
            return lost(PciAddress.parse(whole.group(1)), line);
        }
        Matcher first = FALLEN_FIRST.matcher(line);
        if (first.matches()) {
            falling = PciAddress.parse(first.group(1));
            fallingRaw = line;
            fallingLines = MULTI_LINE;
            return null;
        }
        PciAddress pci = falling;
        if (pci != null && line.contains("fallen off the bus")) {
            falling = null;
            return lost(
                    pci, fallingRaw + " " + line.replaceFirst("^NVRM: *", "").strip());
        }
        if (--fallingLines <= 0) {
            falling = null;
        }
        return null;
    }

    private static @Nullable KernelMessage lost(@Nullable PciAddress pci, String line) {
        return pci == null ? null : new KernelMessage.FallenOff(pci, line);
    }

    private static @Nullable KernelMessage xid(String line) {
        Matcher matcher = XID.matcher(line);
        PciAddress pci = matcher.matches() ? PciAddress.parse(matcher.group(1)) : null;
        int code = pci == null ? 0 : Integer.parseInt(matcher.group(3));
        if (pci == null || code < 1 || code > XidTable.MAX_CODE) {
            return null;
        }
        String text = matcher.group(4);
        int pid = 0;
        String name = "";
        Matcher process = PROCESS.matcher(text);
        if (process.matches()) {
            pid = pid(process.group(1));
            text = process.group(2);
            Matcher named = NAME.matcher(text);
            if (named.matches()) {
                name = named.group(1).equals("<unknown>") ? "" : named.group(1);
                text = named.group(2);
            }
        }
        return new KernelMessage.Xid(pci, matcher.group(2).strip(), code, pid, name, text, line);
    }

    private static int pid(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException unknown) {
            return 0;
        }
    }
}
