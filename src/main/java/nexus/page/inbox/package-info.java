/**
 * The pages of the inboxes: what arrived, was it signed, and how is the next one answered?
 *
 * <p>Takes what {@code /v1/inboxes} gives. Shows every byte of a request as text.
 */
@NullMarked
package nexus.page.inbox;

import org.jspecify.annotations.NullMarked;
