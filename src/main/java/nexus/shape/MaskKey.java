package nexus.shape;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** The store's key for {@link Mask#HASH}. Processes of one store share it. */
public final class MaskKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "hmac-sha256:";

    private final SecretKeySpec key;

    /** @param bytes at least one */
    public MaskKey(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** Equal values give equal texts: 1.10 and 1.1 do, a number and a string of its digits do not. */
    String hash(Value value) {
        return PREFIX + HexFormat.of().formatHex(mac(canonical(value).getBytes(StandardCharsets.UTF_8)));
    }

    private static String canonical(Value value) {
        return switch (value) {
            case Value.Num num -> num.number().normalized();
            case Value.Text text -> '"' + text.value();
            case Value.Missing missing -> "null";
            case Value.Unknown unknown -> "null";
            case Value.Null none -> "null";
            case Value.Bool bool -> ValueWriter.text(bool);
            case Value.Items items -> ValueWriter.text(items);
            case Value.Fields fields -> ValueWriter.text(fields);
        };
    }

    private byte[] mac(byte[] text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    @Override
    public String toString() {
        return "MaskKey[redacted]";
    }
}
