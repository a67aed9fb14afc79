package nexus.shape;

/** What a subscription says about the form of each event that it is sent. */
public record Form(ContentFormat format) {
    /** Sends events as they are stored. */
    public static final Form DEFAULT = new Form(ContentFormat.DEFAULT);

    public Form with(ContentFormat other) {
        return new Form(other);
    }
}
