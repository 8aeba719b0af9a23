package caretaker.agent.xid;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Cases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KernelMessagesTest {
    private final KernelMessages messages = new KernelMessages();

    static Stream<Arguments> everyFormOfAnXid() {
        return Stream.of(
                form("(PCI:0000:9b:00): 45, pid=1234, name=python3, Ch 00000010", 45, 1234, "python3", "Ch 00000010"),
                form(
                        "(PCI:0000:9b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
                        79,
                        0,
                        "",
                        "GPU has fallen off the bus."),
                form("(PCI:0000:9b:00): 79, pid=<unknown>, name=<unknown>, gone", 79, 0, "", "gone"),
                form("(PCI:0000:9b:00): 79, GPU has fallen off the bus.", 79, 0, "", "GPU has fallen off the bus."),
                form(
                        "(PCI:0000:9b:00): 31, Ch 00000010, intr 10000000. MMU Fault",
                        31,
                        0,
                        "",
                        "Ch 00000010, intr 10000000. MMU Fault"),
                form("(PCI:0000:9b:00): 31, pid=77, Ch 00000010", 31, 77, "", "Ch 00000010"),
                form("(0000:9b:00): 14, Channel 00000001", 14, 0, "", "Channel 00000001"),
                form("(PCI:00000000:9B:00.0): 62, 32260b5e 000154b0", 62, 0, "", "32260b5e 000154b0"),
                form("(PCI:0000:9b:00): 119, pid=9, name=a b, c: d", 119, 9, "a b", "c: d"),
                form("(PCI:0000:9b:00): 13", 13, 0, "", ""),
                form("(PCI:0000:9b:00): 13, pid=5, name=python3", 13, 5, "python3", ""),
                form("(PCI:0000:9b:00): 65535, pid=99999999999, name=x, y", 65_535, 0, "x", "y"));
    }

    private static Arguments form(String rest, int code, int pid, String process, String text) {
        return Arguments.of("NVRM: Xid " + rest, code, pid, process, text);
    }

    @ParameterizedTest
    @MethodSource
    void everyFormOfAnXid(String line, int code, int pid, String process, String text) {
        var pci = new PciAddress(0, 0x9b, 0);
        assertThat(messages.parse(line))
                .containsExactly(new KernelMessage.Xid(pci, "", code, pid, process, text, line));
    }

    @Test
    void aMigInstanceIsNamed() {
        assertThat(xid("NVRM: Xid (PCI:0000:c1:00 GPU-I:05): 94, pid=7194, name=python3, Contained: SM (0x1)")
                        .instance())
                .isEqualTo("GPU-I:05");
        assertThat(xid("NVRM: Xid (PCI:0000:c1:00 GPU-I:05 GPU-CI:00): 13, pid=1, name=a, b")
                        .instance())
                .isEqualTo("GPU-I:05 GPU-CI:00");
    }

    @Test
    void a45MayNameWhatItFollows() {
        String begin = "NVRM: Xid (PCI:0000:c1:00): 45, pid=1, name=a, ";
        assertThat(xid(begin + "channel 0x00000010, due to earlier Xid 31").earlier())
                .hasValue(31);
        assertThat(xid(begin + "channel 0x00000010 (previous XID: 109)").earlier())
                .hasValue(109);
        assertThat(xid(begin + "Ch 00000010").earlier()).isEmpty();
    }

    @Test
    void a154NamesTheRecoveryActionByItsNumberWhateverItsWords() {
        String begin = "NVRM: Xid (PCI:0000:c1:00): 154, GPU recovery action changed from ";
        assertThat(xid(begin + "0x0 (None) to 0x2 (Node Reboot Required)").recoveryAction())
                .hasValue(2);
        assertThat(xid(begin + "0x0 (None) to 0x2 (OS Reboot)").recoveryAction())
                .hasValue(2);
        assertThat(xid(begin + "0x1 (GPU Reset Required) to 0x0 (None)").recoveryAction())
                .hasValue(0);
        assertThat(xid("NVRM: Xid (PCI:0000:c1:00): 154, something new").recoveryAction())
                .isEmpty();
    }

    @Test
    void anNvLinkErrorHasAUnitAndAnErrorWord() {
        var error = xid("NVRM: Xid (PCI:0018:01:00): 149, NETIR_LINK_EVT Fatal XC0 i0 Link 08 "
                        + "(0x004505c6 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000)")
                .linkError();
        assertThat(error).isEqualTo(new KernelMessage.LinkError("NETIR_LINK_EVT", true, 8, 0));
        error = xid("NVRM: Xid (PCI:0018:01:00): 145, pid=1, name=x, RLW_REMAP Nonfatal XC1 i0 Link 17 (0x4 0x80000000")
                .linkError();
        assertThat(error).isEqualTo(new KernelMessage.LinkError("RLW_REMAP", false, 17, 0x8000_0000L));
        error = xid("NVRM: Xid (PCI:0018:01:00): 145, RLW_REMAP Fatal XC1 i0 Link 17 xyz")
                .linkError();
        assertThat(error).isNull();
        error = xid("NVRM: Xid (PCI:0018:01:00): 145, RLW_REMAP Fatal XC1 i0 Link 17 (0)")
                .linkError();
        assertThat(error)
                .isEqualTo(new KernelMessage.LinkError("RLW_REMAP", true, 17, KernelMessage.LinkError.NO_WORD));
        assertThat(xid("NVRM: Xid (PCI:0018:01:00): 144, other").linkError()).isNull();
    }

    @Test
    void aLostGpuIsSaidInOneLineOrInSeveral() {
        var pci = new PciAddress(0, 0x9a, 0);
        assertThat(lost("NVRM: GPU 0000:9a:00.0: GPU has fallen off the bus.")).isEqualTo(pci);
        assertThat(lost("NVRM: GPU at PCI:0000:9a:00: GPU has fallen off the bus."))
                .isEqualTo(pci);
        assertThat(lost("NVRM: The NVIDIA GPU 0000:9a:00.0 (PCI ID: 10de:28a0) installed in this system has fallen off "
                        + "the bus and is not responding to commands."))
                .isEqualTo(pci);
        assertThat(lost("NVRM: The NVIDIA GPU 0000:9a:00.0\nNVRM: (PCI ID: 10de:28a0) installed in this system has\n"
                        + "NVRM: fallen off the bus and is not responding to commands."))
                .isEqualTo(pci);
        assertThat(messages.parse("NVRM: The NVIDIA GPU 0000:9a:00.0")).isEmpty();
        assertThat(messages.parse("usb 1-1: new device")).isEmpty();
        assertThat(messages.parse("NVRM: (PCI ID: 10de:28a0) installed in this system has"))
                .isEmpty();
        assertThat(lost("NVRM: fallen off the bus and is not responding to commands."))
                .isEqualTo(pci);
        assertThat(messages.parse("NVRM: fallen off the bus and is not responding to commands."))
                .isEmpty();
    }

    @Test
    void theBeginningOfALossIsForgottenAfterAFewLines() {
        assertThat(messages.parse("NVRM: The NVIDIA GPU 0000:9a:00.0")).isEmpty();
        for (int i = 0; i < 5; i++) {
            assertThat(messages.parse("something else")).isEmpty();
        }
        assertThat(messages.parse("NVRM: fallen off the bus")).isEmpty();
    }

    @Test
    void aSwitchErrorIsFatalOrNotAndItsDetailIsNotAnotherOne() {
        String line =
                "nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Non-fatal, Link 46 MC TS crumbstore MCTO (First)";
        assertThat(messages.parse(line))
                .containsExactly(new KernelMessage.SwitchXid(
                        "nvidia-nvswitch3", 28_006, false, "Link 46 MC TS crumbstore MCTO (First)", line));
        assertThat(messages.parse("nvidia-nvswitch0: SXid (PCI:0000:a9:00.0): 20034, Fatal, Link 30 LTSSM Fault Up"))
                .singleElement()
                .isInstanceOfSatisfying(
                        KernelMessage.SwitchXid.class,
                        of -> assertThat(of.fatal()).isTrue());
        assertThat(messages.parse("nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Severity 0 Engine instance 46"))
                .isEmpty();
        assertThat(messages.parse("nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 28006, Data {0x1, 0x2}"))
                .isEmpty();
    }

    @Test
    void whatIsNotAnXidIsNothing() {
        for (String line : List.of(
                "",
                "NVRM: ",
                "NVRM: Xid",
                "NVRM: Xid (",
                "NVRM: Xid (PCI:0000:9b:00): abc, pid=1",
                "NVRM: Xid (PCI:0000:9b:00): 0, pid=1",
                "NVRM: Xid (PCI:0000:9b:00): 65536, pid=1",
                "NVRM: Xid (PCI:0000:9b:00): 99999999999999999999, pid=1",
                "NVRM: Xid (PCI:zz:9b:00): 13",
                "xNVRM: Xid (PCI:0000:9b:00): 13",
                "NVRM: GPU 0000:9b:00.0: RmInitAdapter failed! (0x22:0x56:894)",
                "nvidia-nvswitch: SXid (PCI:0000:9b:00): 1, Fatal, x",
                "nvidia-nvswitch0: SXid (PCI:0000:9b:00): 9999999, Fatal, x")) {
            assertThat(messages.parse(line)).as(line).isEmpty();
        }
    }

    @Test
    void garbageNeverBreaksIt() {
        Cases.forEach(
                random -> {
                    var text = new StringBuilder(
                            switch (random.nextInt(4)) {
                                case 0 -> "NVRM: Xid (PCI:0000:9b:00): ";
                                case 1 -> "NVRM: The NVIDIA GPU 0000:9b:00.0 ";
                                case 2 -> "nvidia-nvswitch1: SXid (PCI:";
                                default -> "";
                            });
                    String pieces = "0123456789,:()<>'=\n\0 \uD83D\uDE00pidnameLinkXCfatal\u00E9";
                    for (int i = random.nextInt(9000); i > 0; i--) {
                        text.append(pieces.charAt(random.nextInt(pieces.length())));
                    }
                    return text.toString();
                },
                text -> assertThat(messages.parse(text)).hasSizeLessThan(10));
    }

    private KernelMessage.Xid xid(String line) {
        return (KernelMessage.Xid) messages.parse(line).getFirst();
    }

    private PciAddress lost(String line) {
        return ((KernelMessage.FallenOff) messages.parse(line).getFirst()).pci();
    }
}
