package org.invoicelens.assembler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.invoicelens.assembler.Assembler.Register.R10;
import static org.invoicelens.assembler.Assembler.Register.R11;
import static org.invoicelens.assembler.Assembler.Register.R8;
import static org.invoicelens.assembler.Assembler.Register.R9;
import static org.invoicelens.assembler.Assembler.Register.RAX;
import static org.invoicelens.assembler.Assembler.Register.RDI;
import static org.invoicelens.assembler.Assembler.Register.RDX;
import static org.invoicelens.assembler.Assembler.Register.RSI;
import static org.invoicelens.assembler.Assembler.Register.RSP;

import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Instructions, encoded as the GNU assembler does; where it has a prefix of two bytes, the one of
 * three that says the same.
 */
class AssemblerTest {

  /** One that is the same whatever the width of vectors. */
  private static Stream<Arguments> of(String code, Consumer<Assembler> instruction) {
    return of(code, code, instruction);
  }

  private static Stream<Arguments> of(String narrow, String wide, Consumer<Assembler> instruction) {
    return Stream.of(Arguments.of(32, narrow, instruction), Arguments.of(64, wide, instruction));
  }

  static Stream<Arguments> instructions() {
    return Stream.of(
            of("b8 50 00 00 00", to -> to.move(RAX, 80)),
            of("41 b9 04 03 02 01", to -> to.move(R9, 0x01020304)),
            of("49 89 d2", to -> to.move(R10, RDX)),
            of("48 81 c7 40 00 00 00", to -> to.add(RDI, 64)),
            of("49 81 c3 f8 ff ff ff", to -> to.add(R11, -8)),
            of("0f 18 8f 00 04 00 00", to -> to.prefetch(RDI, 1024)),
            of("41 0f 18 88 00 04 00 00", to -> to.prefetch(R8, 1024)),
            of("48 ff c8 0f 85 f7 ff ff ff", to -> to.repeat(RAX, to.here())),
            of("49 ff c9 0f 85 f7 ff ff ff", to -> to.repeat(R9, to.here())),
            of("c5 f8 77 c3", Assembler::leave),
            of(
                "c4 e1 7c 10 8f 41 00 00 00",
                "62 f1 7c 48 10 8f 41 00 00 00",
                to -> to.load(1, RDI, 65)),
            of(
                "c4 41 7c 10 8a 41 00 00 00",
                "62 51 7c 48 10 8a 41 00 00 00",
                to -> to.load(9, R10, 65)),
            of(
                "c4 c1 7c 11 98 41 00 00 00",
                "62 d1 7c 48 11 98 41 00 00 00",
                to -> to.store(3, R8, 65)),
            of(
                "c4 e2 7d 20 97 41 00 00 00",
                "62 f2 7d 48 20 97 41 00 00 00",
                to -> to.loadBytesAsShorts(2, RDI, 65)),
            of(
                "c4 62 7d 18 86 41 00 00 00",
                "62 72 7d 48 18 86 41 00 00 00",
                to -> to.broadcast(8, RSI, 65)),
            of("c4 e1 65 ef db", "62 f1 65 48 ef db", to -> to.zero(3)),
            of("c4 c1 55 db e4", "62 d1 55 48 db e4", to -> to.and(4, 5, 12)),
            of("c4 c1 55 eb e4", "62 d1 55 48 eb e4", to -> to.or(4, 5, 12)),
            of("c4 c1 55 ef e4", "62 d1 55 48 ef e4", to -> to.differ(4, 5, 12)),
            of("c4 e1 0d 71 d5 04", "62 f1 0d 48 71 d5 04", to -> to.shiftShortsRight(14, 5, 4)),
            of("c4 e1 0d 71 f5 08", "62 f1 0d 48 71 f5 08", to -> to.shiftShortsLeft(14, 5, 8)),
            of("c4 e1 0d 72 f5 10", "62 f1 0d 48 72 f5 10", to -> to.shiftIntsLeft(14, 5, 16)),
            of(
                "c4 e1 0d 72 e5 04",
                "62 f1 0d 48 72 e5 04",
                to -> to.shiftSignedIntsRight(14, 5, 4)),
            of("c4 e2 25 00 f4", "62 f2 25 48 00 f4", to -> to.look(6, 11, 4)),
            of("c4 61 4d 60 cf", "62 71 4d 48 60 cf", to -> to.pairFirst(9, 6, 7)),
            of("c4 61 4d 68 d7", "62 71 4d 48 68 d7", to -> to.pairLast(10, 6, 7)),
            of("c4 c1 6d f5 cc", "62 d1 6d 48 f5 cc", to -> to.multiplyShorts(1, 2, 12)),
            of("c4 e1 6d fe cb", "62 f1 6d 48 fe cb", to -> to.addInts(1, 2, 3)),
            of("c4 c1 7d 5b cf", "62 d1 7d 48 5b cf", to -> to.floatsToInts(1, 15)),
            of("c4 e1 25 6b f4", "62 f1 25 48 6b f4", to -> to.packInts(6, 11, 4)),
            of("c4 e1 25 63 f4", "62 f1 25 48 63 f4", to -> to.packShorts(6, 11, 4)),
            of("c4 e2 25 36 f4", "62 f2 25 48 36 f4", to -> to.order(6, 11, 4)),
            of("c4 c1 7c 5b cf", "62 d1 7c 48 5b cf", to -> to.intsToFloats(1, 15)),
            of(
                "c4 41 3c 59 83 41 00 00 00",
                "62 51 3c 48 59 83 41 00 00 00",
                to -> to.multiply(8, 8, R11, 65)),
            of("c4 c1 34 59 d8", "62 d1 34 48 59 d8", to -> to.multiply(3, 9, 8)),
            of("c4 c1 34 58 d8", "62 d1 34 48 58 d8", to -> to.add(3, 9, 8)),
            of("c4 c2 35 b8 d8", "62 d2 35 48 b8 d8", to -> to.addProducts(3, 9, 8)),
            of("c4 e2 25 50 f4", "62 f2 25 48 50 f4", to -> to.addByteProducts(6, 11, 4)))
        .flatMap(both -> both);
  }

  static Stream<Arguments> instructionsOfWideVectorsOnly() {
    return Stream.of(
        wide("62 72 7d 49 18 86 41 00 00 00", to -> to.broadcastToUpperHalf(8, RSI, 65)),
        wide("b8 00 ff 00 00 c4 e1 78 92 c8", to -> to.selectUpperHalf(RAX)),
        wide("62 92 3e 40 52 da", to -> to.addPairProducts(3, 24, 26)),
        wide("62 82 36 48 52 ff", to -> to.addPairProducts(23, 9, 31)),
        wide("62 82 3d 40 b8 cf", to -> to.addProducts(17, 24, 31)),
        wide("62 02 95 40 8d e6", to -> to.lookShorts(28, 30, 29)),
        wide("62 82 25 40 50 fc", to -> to.addByteProducts(23, 27, 28)),
        wide("62 61 7c 48 10 87 00 41 00 00", to -> to.load(24, RDI, 0x4100)),
        wide("62 c1 7c 48 11 ba 00 41 00 00", to -> to.store(23, R10, 0x4100)),
        wide("62 42 7d 48 18 92 00 41 00 00", to -> to.broadcast(26, R10, 0x4100)),
        wide("62 a1 45 40 ef ff", to -> to.zero(23)),
        wide("62 81 05 48 fe c7", to -> to.addInts(16, 15, 31)));
  }

  private static Arguments wide(String code, Consumer<Assembler> instruction) {
    return Arguments.of(64, code, instruction);
  }

  @ParameterizedTest
  @MethodSource({"instructions", "instructionsOfWideVectorsOnly"})
  void anInstructionHasItsEncoding(int vectorBytes, String code, Consumer<Assembler> instruction) {
    Assembler assembler = new Assembler(vectorBytes);
    instruction.accept(assembler);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(assembler.code())).isEqualTo(code);
  }

  @Test
  void whatCannotBeEncodedIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Assembler(16));
    Assembler narrow = new Assembler(32);
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.zero(16));
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.and(0, 1, 16));
    assertThatIllegalArgumentException().isThrownBy(() -> new Assembler(64).zero(32));
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.addPairProducts(0, 1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.load(0, RSP, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.lookShorts(0, 1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.selectUpperHalf(RAX));
    assertThatIllegalArgumentException().isThrownBy(() -> narrow.broadcastToUpperHalf(0, RDI, 0));
  }
}
