package caretaker.agent.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Cases;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KmsgRecordsTest {
    private final List<KmsgRecords.Entry> entries = new ArrayList<>();
    private final KmsgRecords records = new KmsgRecords(entries::add);

    private void feed(String text) {
        records.feed(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    @Test
    void aRecordHasASequenceNumberATimeAndAText() {
        feed("3,1207,5140900,-;NVRM: Xid (PCI:0000:9b:00): 79, gone; really\n");
        assertThat(entries)
                .containsExactly(
                        new KmsgRecords.Entry(1207, 5_140_900, true, "NVRM: Xid (PCI:0000:9b:00): 79, gone; really"));
    }

    @Test
    void whatAProgramWroteIsMarkedAndContinuationsAreLeftOut() {
        feed("12,339,5140900,c,caller=T1;NVRM: Xid (PCI:0000:9b:00): 79\n SUBSYSTEM=pci\n DEVICE=+pci:0000:9b:00.0\n");
        feed("6,340,5140901,-;next\n");
        assertThat(entries).extracting(KmsgRecords.Entry::fromKernel).containsExactly(false, true);
        assertThat(records.garbage()).isZero();
    }

    @Test
    void escapedBytesAreThemselvesAgain() {
        feed("3,1,1,-;NVRM: The NVIDIA GPU\\x0aNVRM: fallen\\x5cx \\x9 \\xzz\n");
        assertThat(entries.getFirst().text()).isEqualTo("NVRM: The NVIDIA GPU\nNVRM: fallen\\x \\x9 \\xzz");
    }

    @Test
    void aRecordMayComeInPiecesAndALongOneIsCut() {
        feed("3,1,1,-;one ");
        assertThat(entries).isEmpty();
        feed("two\n3,2,1,-;" + "x".repeat(20_000) + "\n3,3,1,-;after\n");
        assertThat(entries).extracting(KmsgRecords.Entry::sequence).containsExactly(1L, 2L, 3L);
        assertThat(entries.get(0).text()).isEqualTo("one two");
        assertThat(entries.get(1).text()).hasSize(LineAssembly.MAX_LINE - "3,2,1,-;".length());
        assertThat(records.garbage()).isEqualTo(1);
    }

    @Test
    void garbageIsCountedAndTheNextRecordIsReadAllTheSame() {
        Cases.forEach(
                random -> {
                    byte[] bytes = new byte[random.nextInt(3000)];
                    random.nextBytes(bytes);
                    return new String(bytes, ISO_8859_1);
                },
                garbage -> {
                    entries.clear();
                    records.feed(ByteBuffer.wrap(garbage.getBytes(ISO_8859_1)));
                    records.feed(ByteBuffer.wrap("\n6,7,8,-;well\n".getBytes(UTF_8)));
                    assertThat(entries.getLast().text()).isEqualTo("well");
                });
        for (String bad : List.of("a,1,1,-;x", "3,1;x", "3,1,1,-", "-3,1,1,-;x", "3,99999999999999999999,1,-;x", ";")) {
            long before = records.garbage();
            feed(bad + "\n");
            assertThat(records.garbage()).as(bad).isEqualTo(before + 1);
        }
    }

    /** A user may write what he likes into a log, but not in the kernel's name. */
    @ParameterizedTest
    @CsvSource({
        "'Nov 23 15:00:00 gpu-01 kernel: [  123.4] NVRM: Xid (PCI:0): 1', true",
        "'Nov 23 15:00:00 gpu-01 kernel: NVRM: Xid (PCI:0): 1', true",
        "'2026-11-23T15:00:00.123456+00:00 gpu-01 kernel: [12345.678901] NVRM: Xid (PCI:0): 1', true",
        "'[Sat Oct 12 18:35:32 2024] NVRM: Xid (PCI:0): 1', true",
        "'kernel: [16450076.435595] NVRM: Xid (PCI:0): 1', true",
        "'[  812.345] nvidia-nvswitch3: SXid (PCI:0): 1', true",
        "'NVRM: Xid (PCI:0): 1', true",
        "'Nov 23 15:00:00 gpu-01 mallory: NVRM: Xid (PCI:0): 1', false",
        "'Nov 23 15:00:00 gpu-01 mallory: kernel: NVRM: Xid (PCI:0): 1', false",
        "'Nov 23 15:00:00 gpu-01 mallory[12]: [ 1.0] NVRM: Xid (PCI:0): 1', false",
        "'Nov 23 15:00:00 gpu-01 kernel: usb 1-1: new device', false"
    })
    void onlyWhatTheKernelSaidIsReadFromAFileOfLines(String line, boolean isTaken) {
        assertThat(SyslogLines.message(line) != null).isEqualTo(isTaken);
    }
}
