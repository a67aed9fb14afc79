package nexus.shape;

import java.util.Optional;
import nexus.template.RequestTemplate;
import nexus.template.Template;

/**
 * What a subscription says about the form of each event that it is sent.
 *
 * @param transform the body; empty: the format decides
 * @param request method, path and headers; empty: a POST to the endpoint
 */
public record Form(ContentFormat format, Optional<Template> transform, Optional<RequestTemplate> request) {
    /** Sends events as they are stored. */
    public static final Form DEFAULT = new Form(ContentFormat.DEFAULT, Optional.empty(), Optional.empty());

    public Form with(ContentFormat other) {
        return new Form(other, transform, request);
    }

    public Form withTransform(Optional<Template> other) {
        return new Form(format, other, request);
    }

    public Form withRequest(Optional<RequestTemplate> other) {
        return new Form(format, transform, other);
    }
}
