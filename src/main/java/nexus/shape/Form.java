package nexus.shape;

import java.util.Optional;
import nexus.template.RequestTemplate;
import nexus.template.Template;

/**
 * What a subscription says about the form of each event that it is sent.
 *
 * @param columns of a row change; everything else sees only these
 * @param transform the body; empty: the format decides
 * @param request method, path and headers; empty: a POST to the endpoint
 */
public record Form(
        Columns columns, ContentFormat format, Optional<Template> transform, Optional<RequestTemplate> request) {
    /** Sends events as they are stored. */
    public static final Form DEFAULT = new Form(Columns.ALL, ContentFormat.DEFAULT, Optional.empty(), Optional.empty());

    public Form with(Columns other) {
        return new Form(other, format, transform, request);
    }

    public Form with(ContentFormat other) {
        return new Form(columns, other, transform, request);
    }

    public Form withTransform(Optional<Template> other) {
        return new Form(columns, format, other, request);
    }

    public Form withRequest(Optional<RequestTemplate> other) {
        return new Form(columns, format, transform, other);
    }
}
