package caretaker.alerts.receivers;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Private keys in PEM as openssl writes them: PKCS #8, and the older forms of RSA and EC, which Java can't read. */
final class PemKey {
    /** Everything between the two lines; what is before, such as a curve's parameters, does not count. */
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END \\1-----");

    /** {@code AlgorithmIdentifier} of RSA, complete. */
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    /** The object id of EC; the curve follows. */
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private static final byte[] VERSION = {2, 1, 0};

    private PemKey() {}

    /**
     * The first key of a text.
     *
     * @throws GeneralSecurityException if there is none that can be read; holds nothing of it
     */
    static PrivateKey read(String pem) throws GeneralSecurityException {
        if (pem.contains("ENCRYPTED")) {
            throw new GeneralSecurityException("a key with a pass phrase");
        }
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new GeneralSecurityException("not a private key in PEM");
        }
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        return switch (block.group(1)) {
            case "RSA PRIVATE KEY" -> key(List.of("RSA"), pkcs8(RSA, der));
            case "EC PRIVATE KEY" -> key(List.of("EC"), pkcs8(tagged(0x30, EC, curve(der)), der));
            default -> key(List.of("RSA", "EC", "EdDSA"), der);
        };
    }

    private static PrivateKey key(List<String> algorithms, byte[] der) throws GeneralSecurityException {
        for (String algorithm : algorithms) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // a key of another kind, it may be the next
            }
        }
        throw new GeneralSecurityException("a key of no known kind");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return tagged(0x30, VERSION, algorithm, tagged(0x04, key));
    }

    /** The curve's object id, which SEC 1 has in {@code [0]} behind the key itself. */
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        try {
            int version = (sec1[1] & 0x80) == 0 ? 2 : 2 + (sec1[1] & 0x7f);
            int key = version + 2 + sec1[version + 1];
            int parameters = key + 2 + sec1[key + 1];
            if ((sec1[parameters] & 0xff) == 0xa0 && sec1[parameters + 2] == 0x06) {
                return Arrays.copyOfRange(sec1, parameters + 2, parameters + 2 + sec1[parameters + 1]);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            // said below
        }
        throw new GeneralSecurityException("an EC key that names no curve");
    }

    /** DER: a tag, the length, the contents. */
    private static byte[] tagged(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        var out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }
}
