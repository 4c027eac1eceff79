/** What a drawing is described with. No page is needed for it. */

/** @typedef {{tag: string, props: Record<string, any>, kids: Kid[]}} Shape */
/** @typedef {Shape | string | number | null | undefined | false | Kid[]} Kid */

/**
 * Describes an element. Props: `class`, attributes, `on…` listeners, `style`
 * (custom properties only), `key` (keeps identity in a list), `made` (called
 * once with the new element).
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Kid} kids
 * @returns {Shape}
 */
export function h(tag, props, ...kids) {
  return { tag, props: props || {}, kids };
}
