/** Numbers that a search appends to, a million at a time, so that growing copies nothing. */
export class LongColumn {
  private readonly chunks: Int32Array[] = [];
  set(at: number, value: number): void {
    const chunk = at >>> 20;
    if (chunk === this.chunks.length) this.chunks.push(new Int32Array(1 << 20));
    this.chunks[chunk]![at & 0xfffff] = value;
  }
  get(at: number): number {
    return this.chunks[at >>> 20]![at & 0xfffff]!;
  }
  get bytes(): number {
    return this.chunks.length << 22;
  }
}
