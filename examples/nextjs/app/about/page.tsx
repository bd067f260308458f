/** Reads no flag: it is static, as it would be without flags. */
export default function AboutPage() {
  return <h1>Tea, since 1706</h1>;
}
