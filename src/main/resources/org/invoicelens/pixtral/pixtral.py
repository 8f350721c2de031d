# The Pixtral model as a TorchScript program, in the form in which an archive keeps its code.
#
# Java puts weights in and takes token ids and logits out. Everything between stays here: tensors of
# 16 and fewer bits cannot leave. Numbers for types are PyTorch's scalar types: 0 uint8, 1 int8,
# 3 int32, 4 int64, 5 float16, 6 float32, 11 bool, 15 bfloat16, 24 float8 e4m3.
#
# Names of weights: "vision.*", "projector.*", "text.*"; beside a packed weight lie "<name>.scale"
# and, where scales are quantised too, "<name>.scale.max" and "<name>.scale.offset". "code.*" are
# tables for 4 bits.
class Pixtral(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  # type of activations and unpacked weights
  dtype : int
  # of everything but the decoder's layers behind a border
  device : str
  # whether the decoder's layers are spread over several devices
  split : bool
  # 0 eager, 1 scaled dot product attention, 2 its flash kernel
  attention : int
  # how the decoder's linear layers are kept: 0 as they are, 1 int8, 2 fp8, 3 nf4, 4 int4
  packing : int
  double_quant : bool
  # whether int8 products of a few rows go through the packed kernel
  int8_kernel : bool
  # whether products of many rows are made in float32: for processors that have none in bfloat16
  wide : bool
  tracing : bool
  patch : int
  vision_heads : int
  vision_theta : float
  vision_gelu : bool
  projector_bias : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  theta : float
  epsilon : float
  image_token : int
  head : str
  weights : Dict[str, Tensor]
  # memory of Java's for the parts of the packed weight at hand
  rooms : Dict[str, Tensor]
  # keys and values of every layer, "k.N" and "v.N"
  cache : Dict[str, Tensor]
  # of the prompt at hand: hidden states "x", rotations "cos" and "sin", projected "patches"
  state : Dict[str, Tensor]
  traces : Dict[str, Tensor]

  # ---- weights in -------------------------------------------------------------------------------

  # Takes memory of Java's for a part of a packed weight: filled by what follows, or full already.
  def room(self: __torch__.pixtral.Pixtral, name: str, part: Tensor, full: bool) -> int:
    if full:
      self.weights[name] = part
    else:
      self.rooms[name] = part
    return 0

  # Makes room for a weight; a packed one has two dimensions and blocks of `group` values.
  def begin(self: __torch__.pixtral.Pixtral, name: str, shape: List[int], packed: bool, group: int, device: str) -> int:
    d = torch.device(device)
    if packed and self.packing > 0:
      n = shape[0]
      k = shape[1]
      if self.packing <= 2:
        if torch.__contains__(self.rooms, name):
          self.weights[name] = self.rooms[name]
        else:
          code = 1
          if self.packing == 2:
            code = 24
          self.weights[name] = torch.empty([n, k], dtype=code, device=d)
        self.weights[name + ".scale"] = torch.empty([n], dtype=6, device=d)
      else:
        if torch.__contains__(self.rooms, name):
          self.weights[name] = self.rooms[name]
        else:
          self.weights[name] = torch.empty([n, torch.floordiv(k, 2)], dtype=0, device=d)
        self.weights[name + ".scale"] = torch.empty([torch.floordiv(n * k, group)], dtype=6, device=d)
    else:
      self.weights[name] = torch.empty(shape, dtype=self.dtype, device=d)
    return 0

  # Fills rows from `first` on, given the file's bytes and type. Where `head` is not 0, rows come in
  # the native order of each head of that many rows, pairs side by side, and are put apart.
  def rows(self: __torch__.pixtral.Pixtral, name: str, raw: Tensor, dtype: int, first: int, shape: List[int], head: int, packed: bool, group: int) -> int:
    d = ops.prim.device(self.weights[name])
    v = torch.to(torch.view(torch.view_copy(raw, dtype=dtype), shape), d)
    if head > 0:
      v = torch.view(v, [-1, torch.floordiv(head, 2), 2, shape[1]])
      v = torch.reshape(torch.transpose(v, 1, 2), shape)
    n = shape[0]
    if packed and self.packing > 0:
      _0 = (self).pack(name, torch.to(v, 6), first, group)
    else:
      _1 = torch.copy_(torch.narrow(self.weights[name], 0, first, n), v)
    return 0

  def pack(self: __torch__.pixtral.Pixtral, name: str, v: Tensor, first: int, group: int) -> int:
    n = torch.size(v, 0)
    k = torch.size(v, 1)
    codes = torch.narrow(self.weights[name], 0, first, n)
    if self.packing <= 2:
      largest = 127.
      if self.packing == 2:
        largest = 448.
      scale = torch.div(torch.amax(torch.abs(v), [1], True), largest)
      # a row of zeros has scale 0; its codes are zeros
      q = torch.div(v, torch.where(torch.eq(scale, 0), torch.ones_like(scale), scale))
      if self.packing == 1:
        q = torch.round(q)
      q = torch.clamp(q, -largest, largest)
      if self.packing == 2 and ops.prim.dtype(codes) == 0:
        # memory of Java's has no type for fp8
        q = torch.view_copy(torch.to(q, 24), dtype=0)
      _0 = torch.copy_(codes, q)
      _1 = torch.copy_(torch.narrow(self.weights[name + ".scale"], 0, first, n), torch.squeeze(scale, 1))
    else:
      blocks = torch.view(v, [-1, group])
      largest_of_block = torch.amax(torch.abs(blocks), [1], True)
      if self.packing == 3:
        zero = torch.eq(largest_of_block, 0)
        inverse = torch.div(1., torch.where(zero, torch.ones_like(largest_of_block), largest_of_block))
        index = torch.bucketize(torch.mul(blocks, inverse), (self).near("code.thresholds", v), out_int32=True)
        scale = largest_of_block
      else:
        scale = torch.div(largest_of_block, 7.)
        q = torch.div(blocks, torch.where(torch.eq(scale, 0), torch.ones_like(scale), scale))
        index = torch.to(torch.add(torch.clamp(torch.round(q), -7, 7), 8), 3)
      pairs = torch.view(index, [n, torch.floordiv(k, 2), 2])
      both = torch.add(torch.mul(torch.select(pairs, 2, 0), 16), torch.select(pairs, 2, 1))
      _2 = torch.copy_(codes, both)
      start = torch.floordiv(first * k, group)
      count = torch.floordiv(n * k, group)
      _3 = torch.copy_(torch.narrow(self.weights[name + ".scale"], 0, start, count), torch.squeeze(scale, 1))
    return 0

  # Scales of rows that were packed outside.
  def put_scales(self: __torch__.pixtral.Pixtral, name: str, first: int, scales: Tensor) -> int:
    _0 = torch.copy_(torch.narrow(self.weights[name + ".scale"], 0, first, torch.size(scales, 0)), scales)
    return 0

  # After a weight's last row: quantises the scales of nf4, and puts scales where there is room.
  def finish(self: __torch__.pixtral.Pixtral, name: str, packed: bool) -> int:
    if packed and self.packing == 3 and self.double_quant:
      scale = self.weights[name + ".scale"]
      n = torch.numel(scale)
      offset = torch.mean(scale)
      rest = torch.sub(scale, offset)
      missing = torch.remainder(256 - torch.remainder(n, 256), 256)
      blocks = torch.view(torch.constant_pad_nd(rest, [0, missing]), [-1, 256])
      largest = torch.amax(torch.abs(blocks), [1], True)
      inverse = torch.div(1., torch.where(torch.eq(largest, 0), torch.ones_like(largest), largest))
      index = torch.bucketize(torch.mul(blocks, inverse), (self).near("code.scale.thresholds", scale), out_int32=True)
      self.weights[name + ".scale"] = torch.to(torch.slice(torch.flatten(index), 0, 0, n), 0)
      self.weights[name + ".scale.max"] = torch.squeeze(largest, 1)
      self.weights[name + ".scale.offset"] = offset
    names = torch.keys(self.rooms)
    for i in range(torch.len(names)):
      part = names[i]
      if part != name:
        _0 = torch.copy_(self.rooms[part], self.weights[part])
        self.weights[part] = self.rooms[part]
    torch.clear(self.rooms)
    return 0

  # A small table.
  def table(self: __torch__.pixtral.Pixtral, name: str, values: Tensor) -> int:
    self.weights[name] = torch.clone(torch.to(values, torch.device(self.device)))
    return 0

  # A small table where a tensor is.
  def near(self: __torch__.pixtral.Pixtral, name: str, t: Tensor) -> Tensor:
    found = self.weights[name]
    if self.split:
      there = name + "@" + torch.str(ops.prim.device(t))
      if not torch.__contains__(self.weights, there):
        self.weights[there] = torch.to(found, ops.prim.device(t))
      found = self.weights[there]
    return found

  # For each byte of two codes the two values in one int64; `values` is [256, 2].
  def pairs(self: __torch__.pixtral.Pixtral, values: Tensor) -> int:
    both = torch.view_copy(torch.contiguous(values), dtype=4)
    self.weights["code.pairs"] = torch.to(torch.flatten(both), torch.device(self.device))
    return 0

  # The scales of a packed weight, one for each row or block.
  def scales(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    scale = self.weights[name + ".scale"]
    if self.packing == 3 and self.double_quant:
      n = torch.numel(scale)
      s = torch.index_select((self).near("code.scale", scale), 0, torch.to(scale, 3))
      largest = self.weights[name + ".scale.max"]
      missing = torch.size(largest, 0) * 256 - n
      s = torch.view(torch.constant_pad_nd(s, [0, missing]), [-1, 256])
      s = torch.add(torch.mul(s, torch.unsqueeze(largest, 1)), self.weights[name + ".scale.offset"])
      scale = torch.slice(torch.flatten(s), 0, 0, n)
    return scale

  # The codes of some rows as numbers, 8 bits without their scale; `scale` is for 4 bits.
  def values(self: __torch__.pixtral.Pixtral, name: str, scale: Tensor, first: int, rows: int) -> Tensor:
    w = torch.narrow(self.weights[name], 0, first, rows)
    if self.packing <= 2:
      if self.packing == 2 and ops.prim.dtype(w) == 0:
        w = torch.view_copy(w, dtype=24)
      v = torch.to(w, self.dtype)
    else:
      half = torch.size(w, 1)
      group = torch.floordiv(torch.size(self.weights[name], 0) * half * 2, torch.numel(scale))
      # the table has two float32 in each int64: one look-up for both halves of a byte
      both = torch.index_select((self).near("code.pairs", w), 0, torch.to(torch.flatten(w), 3))
      v = torch.view(torch.view_copy(both, dtype=6), [-1, group])
      s = torch.narrow(scale, 0, torch.floordiv(first * half * 2, group), torch.size(v, 0))
      v = torch.view(torch.mul(v, torch.unsqueeze(s, 1)), [rows, half * 2])
      v = torch.to(v, self.dtype)
    return v

  # A packed weight as numbers.
  def unpack(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    w = self.weights[name]
    scale = (self).scales(name)
    v = torch.to((self).values(name, scale, 0, torch.size(w, 0)), 6)
    if self.packing <= 2:
      v = torch.mul(v, torch.unsqueeze(scale, 1))
    return v

  # ---- building blocks --------------------------------------------------------------------------

  # Rows from which on a product is worth unpacking or converting its weight.
  def is_wide(self: __torch__.pixtral.Pixtral, x: Tensor) -> bool:
    return self.wide and torch.size(x, -2) > 8

  # A linear layer. Sums are in float32 in any case; the result is rounded once.
  def linear(self: __torch__.pixtral.Pixtral, x: Tensor, w: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    if (self).is_wide(x):
      f = torch.to(x, 6)
      n = torch.size(w, 0)
      parts = annotate(List[Tensor], [])
      # some rows at a time, so that the converted weight stays small and near
      for i in range(torch.floordiv(n + 511, 512)):
        v = torch.to(torch.narrow(w, 0, i * 512, ops.prim.min(512, n - i * 512)), 6)
        _0 = torch.append(parts, torch.linear(f, v))
      y = torch.cat(parts, 1)
      if torch.__isnot__(bias, None):
        y = torch.add(y, unchecked_cast(Tensor, bias))
      y = torch.to(y, self.dtype)
    else:
      y = torch.linear(x, w, bias)
    return y

  # A linear layer of the decoder, packed or not.
  def project(self: __torch__.pixtral.Pixtral, x: Tensor, name: str) -> Tensor:
    w = self.weights[name]
    if self.packing == 0:
      y = (self).linear(x, w)
    else:
      scale = (self).scales(name)
      n = torch.size(w, 0)
      if self.int8_kernel and torch.size(x, 0) <= 4:
        one = torch.ones([n], dtype=self.dtype, device=ops.prim.device(x))
        y = torch._weight_int8pack_mm(torch.contiguous(x), w, one)
      else:
        # some rows at a time, so that the unpacked weight stays small and near
        parts = annotate(List[Tensor], [])
        type = self.dtype
        if (self).is_wide(x):
          type = 6
        f = torch.to(x, type)
        for i in range(torch.floordiv(n + 511, 512)):
          v = (self).values(name, scale, i * 512, ops.prim.min(512, n - i * 512))
          _0 = torch.append(parts, torch.linear(f, torch.to(v, type)))
        y = torch.cat(parts, 1)
      # codes of 8 bits are exact in every type here, so their scale is applied to the product
      if self.packing <= 2:
        y = torch.mul(torch.to(y, 6), scale)
      y = torch.to(y, self.dtype)
    return y

  # Normalised in float32, rounded, then scaled.
  def norm(self: __torch__.pixtral.Pixtral, x: Tensor, name: str, epsilon: float) -> Tensor:
    f = torch.to(x, 6)
    f = torch.mul(f, torch.rsqrt(torch.add(torch.mean(torch.mul(f, f), [-1], True), epsilon)))
    return torch.mul(self.weights[name], torch.to(f, self.dtype))

  # Rotates x [heads, tokens, width]; element i pairs with element i + width / 2.
  def rotate(self: __torch__.pixtral.Pixtral, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b, = torch.chunk(x, 2, -1)
    left = torch.sub(torch.mul(a, cos), torch.mul(b, sin))
    right = torch.add(torch.mul(b, cos), torch.mul(a, sin))
    return torch.cat([left, right], -1)

  def split_heads(self: __torch__.pixtral.Pixtral, x: Tensor, heads: int) -> Tensor:
    return torch.transpose(torch.view(x, [torch.size(x, 0), heads, -1]), 0, 1)

  # q [heads, tokens, width] over k and v [kv heads, positions, width] -> [tokens, heads * width].
  # Row r sees the positions up to past + r; all of them where past is negative.
  def attend(self: __torch__.pixtral.Pixtral, q: Tensor, k: Tensor, v: Tensor, past: int) -> Tensor:
    if (self).is_wide(q):
      o = (self).attend_in(6, torch.to(q, 6), torch.to(k, 6), torch.to(v, 6), past)
    else:
      o = (self).attend_in(self.dtype, q, k, v, past)
    return torch.to(o, self.dtype)

  def attend_in(self: __torch__.pixtral.Pixtral, type: int, q: Tensor, k: Tensor, v: Tensor, past: int) -> Tensor:
    h = torch.size(q, 0)
    t = torch.size(q, 1)
    w = torch.size(q, 2)
    kv = torch.size(k, 0)
    s = torch.size(k, 1)
    group = torch.floordiv(h, kv)
    scale = torch.pow(torch.mul(1., w), -0.5)
    if self.attention == 0:
      parts = annotate(List[Tensor], [])
      # in blocks of rows, so that the weights of attention stay small
      blocks = torch.floordiv(t + 511, 512)
      for i in range(blocks):
        start = i * 512
        rows = ops.prim.min(512, t - start)
        qi = torch.reshape(torch.narrow(q, 1, start, rows), [kv, group * rows, w])
        a = torch.mul(torch.matmul(qi, torch.transpose(k, 1, 2)), scale)
        if past >= 0 and rows + start > 1:
          mask = torch.full([rows, s], -3.3895313892515355e+38, dtype=type, device=ops.prim.device(q))
          mask = torch.triu(mask, past + start + 1)
          a = torch.view(torch.add(torch.view(a, [h, rows, s]), mask), [kv, group * rows, s])
        a = torch.to(torch.softmax(a, -1, 6), type)
        o = torch.view(torch.matmul(a, v), [h, rows, w])
        _0 = torch.append(parts, torch.reshape(torch.transpose(o, 0, 1), [rows, h * w]))
      out = torch.cat(parts, 0)
    else:
      if t == 1:
        # the query heads that share keys stand as rows: nothing is repeated or hidden
        qi = torch.view(q, [1, kv, group, w])
        if self.attention == 1:
          o = torch.scaled_dot_product_attention(qi, torch.unsqueeze(k, 0), torch.unsqueeze(v, 0))
        else:
          o, _1, = (self).flash(qi, torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), False)
        out = torch.reshape(o, [1, h * w])
      else:
        qi = torch.unsqueeze(q, 0)
        ki = k
        vi = v
        if group > 1:
          ki = torch.reshape(torch.expand(torch.unsqueeze(k, 1), [kv, group, s, w]), [h, s, w])
          vi = torch.reshape(torch.expand(torch.unsqueeze(v, 1), [kv, group, s, w]), [h, s, w])
        ki = torch.unsqueeze(ki, 0)
        vi = torch.unsqueeze(vi, 0)
        if self.attention == 1:
          if past > 0:
            mask = torch.tril(torch.ones([t, s], dtype=11, device=ops.prim.device(q)), past)
            o = torch.scaled_dot_product_attention(qi, ki, vi, mask)
          else:
            o = torch.scaled_dot_product_attention(qi, ki, vi, None, 0., past == 0)
        else:
          if past > 0:
            # what all rows see and what is causal, joined by the logarithms of their sums
            o1, l1, = (self).flash(qi, torch.narrow(ki, 2, 0, past), torch.narrow(vi, 2, 0, past), False)
            o2, l2, = (self).flash(qi, torch.narrow(ki, 2, past, t), torch.narrow(vi, 2, past, t), True)
            share = torch.unsqueeze(torch.sigmoid(torch.sub(l1, l2)), -1)
            o = torch.add(torch.mul(torch.to(o1, 6), share), torch.mul(torch.to(o2, 6), torch.rsub(share, 1.)))
            o = torch.to(o, type)
          else:
            o, _2, = (self).flash(qi, ki, vi, past == 0)
        out = torch.reshape(torch.transpose(torch.squeeze(o, 0), 0, 1), [t, h * w])
    return out

  # The flash kernel alone: the result, and the logarithm of each row's sum of exponentials.
  def flash(self: __torch__.pixtral.Pixtral, q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tuple[Tensor, Tensor]:
    if self.device == "cpu":
      o, l, = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., causal)
    else:
      r = torch._scaled_dot_product_flash_attention(q, k, v, 0., causal)
      o = r[0]
      l = r[1]
    return (o, torch.to(l, 6))

  def trace(self: __torch__.pixtral.Pixtral, name: str, x: Tensor) -> int:
    if self.tracing:
      # a copy: what is made outside is changed where it lies
      y = torch.clone(torch.to(x, 6))
      if torch.__contains__(self.traces, name):
        y = torch.cat([self.traces[name], y], 0)
      self.traces[name] = y
    return 0

  # ---- vision -----------------------------------------------------------------------------------

  # Begins one picture [3, height, width]: patches, row by row. The angle of a patch takes its row
  # with the even-numbered frequencies and its column with the odd-numbered ones.
  def image_begin(self: __torch__.pixtral.Pixtral, pixels: Tensor) -> int:
    d = torch.device(self.device)
    x = torch.to(torch.to(pixels, d), self.dtype)
    x = torch.conv2d(torch.unsqueeze(x, 0), self.weights["vision.patch"], None, [self.patch, self.patch])
    rows = torch.size(x, 2)
    columns = torch.size(x, 3)
    x = torch.transpose(torch.flatten(torch.squeeze(x, 0), 1), 0, 1)
    x = (self).norm(x, "vision.norm", 1.0000000000000001e-05)
    width = torch.floordiv(torch.size(x, 1), self.vision_heads)
    f = torch.div(torch.arange(0, width, 2, dtype=6, device=d), width)
    f = torch.reciprocal(torch.pow(self.vision_theta, f))
    row = torch.outer(torch.arange(rows, dtype=6, device=d), torch.slice(f, 0, 0, None, 2))
    column = torch.outer(torch.arange(columns, dtype=6, device=d), torch.slice(f, 0, 1, None, 2))
    quarter = torch.size(row, 1)
    row = torch.expand(torch.unsqueeze(row, 1), [rows, columns, quarter])
    column = torch.expand(torch.unsqueeze(column, 0), [rows, columns, quarter])
    angle = torch.view(torch.cat([row, column], 2), [rows * columns, quarter * 2])
    self.state["x"] = x
    self.state["cos"] = torch.to(torch.cos(angle), self.dtype)
    self.state["sin"] = torch.to(torch.sin(angle), self.dtype)
    _0 = (self).trace("vision.ln_pre", x)
    return rows * columns

  def image_layer(self: __torch__.pixtral.Pixtral, i: int) -> int:
    p = torch.format("vision.{}.", i)
    x = self.state["x"]
    cos = self.state["cos"]
    sin = self.state["sin"]
    h = (self).norm(x, p + "attention_norm", 1.0000000000000001e-05)
    q = (self).rotate((self).split_heads((self).linear(h, self.weights[p + "q"]), self.vision_heads), cos, sin)
    k = (self).rotate((self).split_heads((self).linear(h, self.weights[p + "k"]), self.vision_heads), cos, sin)
    v = (self).split_heads((self).linear(h, self.weights[p + "v"]), self.vision_heads)
    x = torch.add(x, (self).linear((self).attend(q, k, v, -1), self.weights[p + "o"]))
    h = (self).norm(x, p + "mlp_norm", 1.0000000000000001e-05)
    g = (self).linear(h, self.weights[p + "gate"])
    if self.vision_gelu:
      g = torch.gelu(g)
    else:
      g = torch.silu(g)
    g = torch.mul(g, (self).linear(h, self.weights[p + "up"]))
    x = torch.add(x, (self).linear(g, self.weights[p + "down"]))
    self.state["x"] = x
    _0 = (self).trace(torch.format("vision.layer.{}", i), x)
    return 0

  # Projects the picture's patches and keeps them after those of the pictures before.
  def image_end(self: __torch__.pixtral.Pixtral) -> int:
    x = self.state["x"]
    if self.projector_bias:
      x = torch.gelu((self).linear(x, self.weights["projector.in"], self.weights["projector.in.bias"]))
      x = (self).linear(x, self.weights["projector.out"], self.weights["projector.out.bias"])
    else:
      x = (self).linear(torch.gelu((self).linear(x, self.weights["projector.in"])), self.weights["projector.out"])
    _0 = (self).trace("vision.projected", x)
    if torch.__contains__(self.state, "patches"):
      x = torch.cat([self.state["patches"], x], 0)
    self.state["patches"] = x
    return torch.size(x, 0)

  # ---- text -------------------------------------------------------------------------------------

  # Makes room for keys and values of that many positions, keeping what is there.
  def reserve(self: __torch__.pixtral.Pixtral, positions: int) -> int:
    names = ["k.", "v."]
    for i in range(self.layers):
      d = ops.prim.device(self.weights[torch.format("text.{}.attention_norm", i)])
      for j in range(2):
        name = names[j] + torch.str(i)
        room = torch.empty([self.kv_heads, positions, self.head_dim], dtype=self.dtype, device=d)
        if torch.__contains__(self.cache, name):
          old = self.cache[name]
          n = ops.prim.min(torch.size(old, 1), positions)
          _0 = torch.copy_(torch.narrow(room, 1, 0, n), torch.narrow(old, 1, 0, n))
        self.cache[name] = room
    return 0

  # By how much each pair of a head is rotated from one position to the next.
  def frequencies(self: __torch__.pixtral.Pixtral, d: Device) -> Tensor:
    f = torch.div(torch.arange(0, self.head_dim, 2, dtype=6, device=d), self.head_dim)
    return torch.reciprocal(torch.pow(self.theta, f))

  # Begins tokens at a position; image tokens take the projected patches from `patch` on.
  def text_begin(self: __torch__.pixtral.Pixtral, ids: Tensor, position: int, patch: int, patches: int) -> int:
    d = torch.device(self.device)
    i = torch.to(ids, d)
    x = torch.embedding(self.weights["text.embeddings"], i)
    if patches > 0:
      here = torch.expand_as(torch.unsqueeze(torch.eq(i, self.image_token), 1), x)
      x = torch.masked_scatter(x, here, torch.narrow(self.state["patches"], 0, patch, patches))
    f = (self).frequencies(d)
    p = torch.arange(position, position + torch.size(ids, 0), dtype=6, device=d)
    angle = torch.outer(p, f)
    self.state["x"] = x
    self.state["cos"] = torch.to(torch.cos(angle), self.dtype)
    self.state["sin"] = torch.to(torch.sin(angle), self.dtype)
    _0 = (self).trace("text.inputs_embeds", x)
    return 0

  # Moves what goes from layer to layer to where a weight is.
  def move(self: __torch__.pixtral.Pixtral, name: str) -> int:
    d = ops.prim.device(self.weights[name])
    names = ["x", "cos", "sin"]
    for i in range(torch.len(names)):
      self.state[names[i]] = torch.to(self.state[names[i]], d)
    return 0

  def text_layer(self: __torch__.pixtral.Pixtral, i: int, position: int) -> int:
    p = torch.format("text.{}.", i)
    if self.split:
      _1 = (self).move(p + "attention_norm")
    x = self.state["x"]
    h = (self).norm(x, p + "attention_norm", self.epsilon)
    a = (self).attend_past(i, position, (self).project(h, p + "q"), (self).project(h, p + "k"), (self).project(h, p + "v"))
    x = torch.add(x, (self).project(a, p + "o"))
    h = (self).norm(x, p + "mlp_norm", self.epsilon)
    g = torch.mul(torch.silu((self).project(h, p + "gate")), (self).project(h, p + "up"))
    x = torch.add(x, (self).project(g, p + "down"))
    self.state["x"] = x
    _0 = (self).trace(torch.format("text.layer.{}", i), x)
    return 0

  # Attention of a layer over all positions so far, given the products with q, k and v.
  def attend_past(self: __torch__.pixtral.Pixtral, i: int, position: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    n = torch.str(i)
    cos = self.state["cos"]
    sin = self.state["sin"]
    t = torch.size(q, 0)
    q = (self).rotate((self).split_heads(q, self.heads), cos, sin)
    k = (self).rotate((self).split_heads(k, self.kv_heads), cos, sin)
    v = (self).split_heads(v, self.kv_heads)
    _0 = torch.copy_(torch.narrow(self.cache["k." + n], 1, position, t), k)
    _1 = torch.copy_(torch.narrow(self.cache["v." + n], 1, position, t), v)
    end = position + t
    return (self).attend(q, torch.narrow(self.cache["k." + n], 1, 0, end), torch.narrow(self.cache["v." + n], 1, 0, end), position)

  # Takes the hidden state of a token whose layers were made outside.
  def decode_end(self: __torch__.pixtral.Pixtral, x: Tensor) -> int:
    self.state["x"] = torch.to(x, self.dtype)
    return 0

  def decode_frequencies(self: __torch__.pixtral.Pixtral) -> Tensor:
    return (self).frequencies(torch.device(self.device))

  # A weight that is not packed, in float32.
  def decode_weight(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    return torch.to(self.weights[name], 6)

  # The first of keys or values where it lies.
  def decode_cache(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    return torch.narrow(self.cache[name], 0, 0, 1)

  # Begins layers that are made outside, for many tokens: the hidden states, which are changed where
  # they lie, and the first of them there.
  def many_begin(self: __torch__.pixtral.Pixtral) -> Tensor:
    x = torch.contiguous(self.state["x"])
    self.state["x"] = x
    return torch.narrow(x, 0, 0, 1)

  # After each of them.
  def many_end(self: __torch__.pixtral.Pixtral, name: str) -> int:
    return (self).trace(name, self.state["x"])

  # The first row of "cos" or "sin" where it lies.
  def many_place(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    return torch.narrow(self.state[name], 0, 0, 1)

  # Room for so many numbers that are made outside, and the first where it lies. It is used by all
  # layers and kept from prompt to prompt, for the system has to clear memory that is new.
  def many_room(self: __torch__.pixtral.Pixtral, name: str, count: int, type: int) -> Tensor:
    return torch.narrow((self).kept_room("room." + name, count, type), 0, 0, 1)

  def kept_room(self: __torch__.pixtral.Pixtral, name: str, count: int, type: int) -> Tensor:
    enough = False
    if torch.__contains__(self.cache, name):
      old = self.cache[name]
      if ops.prim.dtype(old) == type:
        enough = torch.numel(old) >= count
    if not enough:
      # there must not be two at once
      self.cache[name] = torch.empty([0], dtype=type)
      self.cache[name] = torch.empty([count], dtype=type)
    return self.cache[name]

  # What products take and make, where a part of a layer is the program's after all: so many
  # columns and rows of weights.
  def many_shape(self: __torch__.pixtral.Pixtral, columns: int, rows: int) -> int:
    self.state["input"] = (self).many_rows("input", columns)
    self.state["products"] = (self).many_rows("products", rows)
    return 0

  # Room as a row of so many numbers for each token.
  def many_rows(self: __torch__.pixtral.Pixtral, name: str, count: int) -> Tensor:
    t = torch.size(self.state["x"], 0)
    return torch.view(torch.narrow(self.cache["room." + name], 0, 0, t * count), [t, count])

  # Attention, from "products" to where the next "input" is.
  def many_attend(self: __torch__.pixtral.Pixtral, i: int, position: int) -> int:
    qkv = self.state["products"]
    queries = self.heads * self.head_dim
    keys = self.kv_heads * self.head_dim
    q = torch.narrow(qkv, 1, 0, queries)
    k = torch.narrow(qkv, 1, queries, keys)
    v = torch.narrow(qkv, 1, queries + keys, keys)
    a = (self).attend_past(i, position, q, k, v)
    _0 = torch.copy_((self).many_rows("input", torch.size(a, 1)), a)
    return 0

  # The products with rows of a weight, from `first` on, that were unpacked; they go to
  # the columns from `at` on.
  def many_product(self: __torch__.pixtral.Pixtral, name: str, first: int, rows: int, at: int) -> int:
    x = self.state["input"]
    k = torch.size(x, 1)
    v = torch.view(torch.narrow(self.cache["room.unpacked"], 0, 0, rows * k), [rows, k])
    y = torch.linear(x, v)
    if self.packing <= 2:
      y = torch.mul(torch.to(y, 6), torch.narrow(self.weights[name + ".scale"], 0, first, rows))
    _0 = torch.copy_(torch.narrow(self.state["products"], 1, at, rows), y)
    return 0

  # What the output layer takes of the rows from `first` on.
  def final(self: __torch__.pixtral.Pixtral, first: int) -> Tensor:
    if self.split:
      _1 = (self).move("text.norm")
    x = self.state["x"]
    x = torch.narrow(x, 0, first, torch.size(x, 0) - first)
    x = (self).norm(x, "text.norm", self.epsilon)
    _0 = (self).trace("text.final_norm", x)
    return x

  # The same of one row, for a product that is made outside.
  def row_head(self: __torch__.pixtral.Pixtral) -> Tensor:
    return torch.to((self).final(torch.size(self.state["x"], 0) - 1), 6)

  # The logits of the rows from `first` on, in float32.
  def logits(self: __torch__.pixtral.Pixtral, first: int) -> Tensor:
    x = (self).final(first)
    w = self.weights[self.head]
    if self.split:
      # embeddings that are the output layer as well are on the first device
      x = torch.to(x, ops.prim.device(w))
    return torch.to(torch.linear(x, w), 6)

  # The likeliest token after the last row, and whether all its logits are finite.
  def greedy(self: __torch__.pixtral.Pixtral) -> Tensor:
    y = torch.flatten((self).logits(torch.size(self.state["x"], 0) - 1))
    best = torch.argmax(y)
    sound = torch.isfinite(torch.sum(y))
    return torch.stack([best, torch.to(sound, 4)])

  # One token through the whole decoder.
  def step(self: __torch__.pixtral.Pixtral, id: int, position: int) -> int:
    _0 = (self).text_begin(torch.tensor([id]), position, 0, 0)
    for i in range(self.layers):
      _1 = (self).text_layer(i, position)
    return 0

  def step_greedy(self: __torch__.pixtral.Pixtral, id: int, position: int) -> Tensor:
    _0 = (self).step(id, position)
    return (self).greedy()

  # ---- beside the model -------------------------------------------------------------------------

  # Where the weights are: the names that they give their devices, each once, joined by commas.
  def devices(self: __torch__.pixtral.Pixtral) -> str:
    found = annotate(List[str], [])
    names = torch.keys(self.weights)
    for i in range(torch.len(names)):
      d = torch.str(ops.prim.device(self.weights[names[i]]))
      if not torch.__contains__(found, d):
        _0 = torch.append(found, d)
    return torch.join(",", found)

  # A small product with a decoder's weight where it is, beside the same on the processor. Returns
  # the name that the first gives its device; both are kept for `proof`.
  def prove(self: __torch__.pixtral.Pixtral, name: str) -> str:
    w = self.weights[name]
    n = ops.prim.min(64, torch.size(w, 0))
    if self.packing == 0:
      v = torch.narrow(w, 0, 0, n)
    else:
      v = (self).values(name, (self).scales(name), 0, n)
    k = torch.size(v, 1)
    x = torch.to(torch.sin(torch.view(torch.arange(0, k * 4, dtype=6), [4, k])), self.dtype)
    y = torch.linear(torch.to(x, ops.prim.device(v)), v)
    cpu = torch.device("cpu")
    there = torch.to(torch.to(y, cpu), 6)
    here = torch.linear(torch.to(x, 6), torch.to(torch.to(v, cpu), 6))
    self.state["proof"] = torch.cat([torch.flatten(there), torch.flatten(here)], 0)
    return torch.str(ops.prim.device(y))

  def proof(self: __torch__.pixtral.Pixtral) -> Tensor:
    both = self.state["proof"]
    torch.clear(self.state)
    return both

  # A product as in a prompt, by which it is measured how to make them.
  def trial(self: __torch__.pixtral.Pixtral) -> int:
    w = torch.ones([1024, 1024], dtype=self.dtype)
    return torch.size((self).linear(torch.narrow(w, 0, 0, 256), w), 0)

  # A product with a decoder's weight as for one token, for the same purpose.
  def trial_row(self: __torch__.pixtral.Pixtral, name: str, columns: int) -> int:
    x = torch.ones([1, columns], dtype=self.dtype, device=ops.prim.device(self.weights[name]))
    return torch.size((self).project(x, name), 0)

  def set_wide(self: __torch__.pixtral.Pixtral, on: bool) -> int:
    self.wide = on
    return 0

  def set_attention(self: __torch__.pixtral.Pixtral, variant: int) -> int:
    self.attention = variant
    return 0

  def set_tracing(self: __torch__.pixtral.Pixtral, on: bool) -> int:
    self.tracing = on
    torch.clear(self.traces)
    return 0

  def traced(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    return self.traces[name]

  # Forgets the prompt; keys and values keep their room.
  def forget(self: __torch__.pixtral.Pixtral) -> int:
    torch.clear(self.state)
    return 0

  # Frees everything.
  def clear(self: __torch__.pixtral.Pixtral) -> int:
    torch.clear(self.weights)
    torch.clear(self.rooms)
    torch.clear(self.cache)
    torch.clear(self.state)
    torch.clear(self.traces)
    return 0

  # A weight's bytes.
  def fetch(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    w = torch.contiguous(self.weights[name])
    return torch.flatten(torch.view_copy(torch.reshape(w, [-1]), dtype=0))

  # The first row of a weight where it lies.
  def place(self: __torch__.pixtral.Pixtral, name: str) -> Tensor:
    return torch.narrow(self.weights[name], 0, 0, 1)

  # Bytes of weights, keys and values.
  def memory(self: __torch__.pixtral.Pixtral) -> int:
    return (self).size(self.weights) + (self).size(self.cache)

  def size(self: __torch__.pixtral.Pixtral, tensors: Dict[str, Tensor]) -> int:
    total = 0
    names = torch.keys(tensors)
    for i in range(torch.len(names)):
      t = tensors[names[i]]
      total = total + torch.numel(t) * torch.element_size(t)
    return total
