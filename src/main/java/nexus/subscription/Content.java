package nexus.subscription;

import nexus.shape.ContentFormat;
import nexus.shape.Form;

/** The content that is sent. */
public record Content(Form form) {
    public static final Content DEFAULT = new Content(Form.DEFAULT);

    public ContentFormat format() {
        return form.format();
    }

    public Content with(Form other) {
        return new Content(other);
    }

    /** Equal for contents that give the same bytes. */
    String sameness() {
        return format().apiName();
    }
}
