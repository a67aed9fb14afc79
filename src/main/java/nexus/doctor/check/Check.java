package nexus.doctor.check;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of one check, in the form of the API.
 *
 * @param check its stable name: that of a setting, or words with dashes; checks of the store start with {@code store}
 * @param detail the finding, for people
 * @param fix the exact fix: SQL to paste, a variable to set; null when there is nothing to fix
 */
public record Check(
        String check,
        String status,
        String detail,
        @Nullable String fix) {

    /** In ascending order of severity. */
    public enum Status {
        OK,
        WARN,
        FAIL;

        /** In the notation of the API. */
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

    /** A check that could not run. */
    public static Check notChecked(String check, String because) {
        return warn(check, "not checked: " + because, "Put that right first, then run ./nexus doctor again.");
    }

    @JsonIgnore
    public Status weight() {
        return Status.valueOf(status.toUpperCase(Locale.ROOT));
    }
}
