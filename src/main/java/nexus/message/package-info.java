/**
 * What does a person read of an event?
 *
 * <p>Takes an event in the default format, gives a {@link nexus.message.Message}: a title, facts and a footer, each of bounded
 * length. Pure. Never knows the markup of a product.
 */
@NullMarked
package nexus.message;

import org.jspecify.annotations.NullMarked;
