package nexus.subscription;

import nexus.shape.ContentFormat;

/** The content that is sent of an event. */
public record Content(ContentFormat format) {
    public static final Content DEFAULT = new Content(ContentFormat.DEFAULT);
}
