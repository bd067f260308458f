/** The products, the best sold last. */
const products = ["tea spoon", "tea pot"];

export class WordSearch {
  find(words: string): readonly string[] {
    return products.filter((name) => name.includes(words));
  }
}

export class PopularSearch extends WordSearch {
  override find(words: string): readonly string[] {
    return super.find(words).toReversed();
  }
}
