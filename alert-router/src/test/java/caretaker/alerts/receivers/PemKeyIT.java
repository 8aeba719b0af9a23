package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.testkit.Programs;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C6: keys as openssl writes them. */
class PemKeyIT {
    @TempDir
    Path folder;

    private String openssl(String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(java.util.List.of(arguments));
        command.addFirst(Programs.assume("openssl").toString());
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    @Test
    void keysInEachOfTheirFormsAreTheSameKeys() throws Exception {
        for (String bits : new String[] {"1024", "2048", "4096"}) {
            Files.writeString(folder.resolve("key"), openssl("genrsa", "-traditional", bits));
            assertSame("RSA PRIVATE KEY");
        }
        for (String curve : new String[] {"prime256v1", "secp384r1", "secp521r1"}) {
            Files.writeString(folder.resolve("key"), openssl("ecparam", "-name", curve, "-genkey"));
            assertSame("EC PRIVATE KEY");
        }
    }

    private void assertSame(String header) throws Exception {
        String old = Files.readString(folder.resolve("key"));
        assertThat(old).contains("BEGIN " + header);
        String pkcs8 = openssl("pkcs8", "-topk8", "-nocrypt", "-in", "key");
        assertThat(pkcs8).contains("BEGIN PRIVATE KEY");
        assertThat(secret(PemKey.read(old))).isEqualTo(secret(PemKey.read("# a note\n" + pkcs8)));
    }

    private static BigInteger secret(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutBeingShown() {
        for (String text : new String[] {
            "",
            "-----BEGIN PRIVATE KEY-----\nSECRET==\n-----END PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\n\n-----END EC PRIVATE KEY-----",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nSECRET==\n-----END ENCRYPTED PRIVATE KEY-----"
        }) {
            assertThatThrownBy(() -> PemKey.read(text))
                    .isInstanceOfAny(GeneralSecurityException.class, IllegalArgumentException.class)
                    .hasMessageNotContaining("SECRET");
        }
    }
}
