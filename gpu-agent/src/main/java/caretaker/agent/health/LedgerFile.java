package caretaker.agent.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Decoded;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.WireName;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Keeps a {@link LedgerState} in a file of a few lines, which is replaced whole: the format with the CRC-32C of all
 * that follows, then the run and its last sequence number, then a watcher and its event for each raised condition, then
 * {@code gpu UUID ECC NVLINKS} for each GPU of which something was learnt, and {@code known INDEX UUID} with the
 * encoded words of its identity for each GPU of the host, and {@code xid UUID CODE TIMES LAST} for each XID that was
 * counted.
 */
public final class LedgerFile {
    private static final String FORMAT = "caretaker-conditions 1 ";
    private static final String GPU = "gpu "; // no tab follows: an older version leaves the line out
    private static final String KNOWN = "known "; // likewise
    private static final String XID = "xid "; // likewise
    private static final int MOST_XIDS = 4096;
    private static final long MAX_BYTES = 16 << 20;

    private final Path file;
    private final HealthEventCodec codec = new HealthEventCodec();

    public LedgerFile(Path file) {
        this.file = file;
    }

    /** What was found in the file. */
    public sealed interface Loaded {
        record Nothing() implements Loaded {}

        record Found(LedgerState state) implements Loaded {}

        /** The file makes no sense; it was moved there. */
        record Damaged(Path aside) implements Loaded {}
    }

    /** Waits for the disk. */
    public Loaded load() throws IOException {
        if (!Files.exists(file)) {
            return new Loaded.Nothing();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException("too long");
            }
            return new Loaded.Found(parse(Files.readString(file, UTF_8)));
        } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
            Path aside = file.resolveSibling(file.getFileName() + ".corrupt");
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            return new Loaded.Damaged(aside);
        }
    }

    private LedgerState parse(String text) {
        int end = text.indexOf('\n');
        if (end < 0 || !text.startsWith(FORMAT)) {
            throw new IllegalArgumentException("another format");
        }
        String content = text.substring(end + 1);
        if (!text.substring(FORMAT.length(), end).equals(crc(content))) {
            throw new IllegalArgumentException("another CRC");
        }
        List<String> lines = content.lines().toList();
        String[] run = lines.getFirst().split(" ", -1);
        List<LedgerState.Raised> raised = new ArrayList<>();
        List<GpuMemory> gpus = new ArrayList<>();
        List<KnownGpu> known = new ArrayList<>();
        List<CountedXid> xids = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith(GPU)) {
                String[] words = line.split(" ", -1);
                gpus.add(new GpuMemory(words[1], Long.parseLong(words[2]), Long.parseLong(words[3])));
                continue;
            }
            if (line.startsWith(KNOWN)) {
                known.add(known(line.split(" ", -1)));
                continue;
            }
            if (line.startsWith(XID)) {
                String[] words = line.split(" ", -1);
                xids.add(new CountedXid(
                        words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4])));
                continue;
            }
            int tab = line.indexOf('\t');
            // What another version wrote and this one has no word for is left out.
            if (codec.decode(line.substring(tab + 1).getBytes(UTF_8)) instanceof Decoded.Known(HealthEvent event)) {
                raised.add(new LedgerState.Raised(line.substring(0, tab), event));
            }
        }
        return new LedgerState(run[0], Long.parseLong(run[1]), raised, gpus, known, xids);
    }

    private static KnownGpu known(String[] words) {
        String[] of = new String[10];
        for (int i = 0; i < of.length; i++) {
            of[i] = URLDecoder.decode(words[i + 3], UTF_8);
        }
        var identity = new GpuIdentity(of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7], of[8], of[9]);
        return new KnownGpu(words[2], Integer.parseInt(words[1]), identity);
    }

    /** Replaces the file; when it returns, the new content is on disk. */
    public void save(LedgerState state) throws IOException {
        var content = new StringBuilder();
        content.append(state.agentId()).append(' ').append(state.sequence()).append('\n');
        for (LedgerState.Raised raised : state.raised()) {
            content.append(raised.watcher())
                    .append('\t')
                    .append(new String(codec.encode(raised.event()), UTF_8))
                    .append('\n');
        }
        for (GpuMemory gpu : state.gpus()) {
            content.append(GPU)
                    .append(gpu.uuid())
                    .append(' ')
                    .append(gpu.eccAccepted())
                    .append(' ')
                    .append(gpu.nvlinks())
                    .append('\n');
        }
        for (KnownGpu gpu : state.known()) {
            if (!WireName.isValid(gpu.uuid())) {
                continue;
            }
            content.append(KNOWN).append(gpu.index()).append(' ').append(gpu.uuid());
            gpu.identity().values().forEach(word -> content.append(' ').append(URLEncoder.encode(word, UTF_8)));
            content.append('\n');
        }
        state.xids().stream()
                .filter(xid -> WireName.isValid(xid.uuid()))
                .limit(MOST_XIDS)
                .forEach(xid -> content.append(XID)
                        .append(xid.uuid())
                        .append(' ')
                        .append(xid.code())
                        .append(' ')
                        .append(xid.times())
                        .append(' ')
                        .append(xid.lastUnixMillis())
                        .append('\n'));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (var channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            var bytes = ByteBuffer.wrap((FORMAT + crc(content.toString()) + "\n" + content).getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static String crc(String content) {
        var crc = new CRC32C();
        crc.update(content.getBytes(UTF_8));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
