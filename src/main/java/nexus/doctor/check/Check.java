package nexus.doctor.check;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at, in the form of the API.
 *
 * @param check its name, which stays: a setting's own name, or words with dashes; those of the store begin with it
 * @param detail what was found, for a person
 * @param fix what to do, word for word: SQL to paste, a variable to set. Null when nothing has to be done
 */
public record Check(
        String check,
        String status,
        String detail,
        @Nullable String fix) {

    /** In the order of their weight. */
    public enum Status {
        OK,
        WARN,
        FAIL;

        /** As the API writes it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Check ok(String check, String detail) {
        return new Check(check, Status.OK.text(), detail, null);
    }

    public static Check warn(String check, String detail, String fix) {
        return new Check(check, Status.WARN.text(), detail, fix);
    }

    public static Check fail(String check, String detail, String fix) {
        return new Check(check, Status.FAIL.text(), detail, fix);
    }

    /** What could not be looked at. */
    public static Check notChecked(String check, String because) {
        return warn(check, "not checked: " + because, "Put that right first, then run ./nexus doctor again.");
    }

    @JsonIgnore
    public Status weight() {
        return Status.valueOf(status.toUpperCase(Locale.ROOT));
    }
}
