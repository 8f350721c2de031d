# A small Pixtral that learns, as a TorchScript program in the form in which an archive keeps its code.
#
# Java puts pictures and tokens in and takes a loss out; gradients and the optimiser stay here.
# Master weights and moments are float32; products and activations have the type "dtype": 6 float32,
# 15 bfloat16. Scalar types beside these: 11 bool.
#
# Names of weights: "vision.*", "projector.*", "text.*". A norm's weight is multiplied into the
# matrix behind it at every step, which saves a pass over the activations. The filter of patches has
# one channel: pictures are grey here, and the filter's colours are split up on the way out.
class Training(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int
  patch : int
  # grey of 0 to 255 to what a filter of three channels would have summed
  pixel_scale : float
  pixel_shift : float
  vision_layers : int
  vision_heads : int
  vision_width : int
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  width : int
  epsilon : float
  # what the mean square and the scores are divided by, as factors
  vision_inverse : float
  inverse : float
  vision_scale : float
  scale : float
  weights : Dict[str, Tensor]
  # first moments, of matrices the momentum
  first : Dict[str, Tensor]
  second : Dict[str, Tensor]
  # what the pictures at hand became
  state : Dict[str, Tensor]
  def put(self: __torch__.training.Training, name: str, values: Tensor, first: Tensor, second: Tensor) -> int:
    self.weights[name] = torch.requires_grad_(torch.clone(torch.detach(values)), True)
    self.first[name] = torch.clone(torch.detach(first))
    self.second[name] = torch.clone(torch.detach(second))
    return torch.len(self.weights)
  def get(self: __torch__.training.Training, name: str) -> Tensor:
    return torch.clone(torch.detach(self.weights[name]))
  def get_first(self: __torch__.training.Training, name: str) -> Tensor:
    return torch.clone(self.first[name])
  def get_second(self: __torch__.training.Training, name: str) -> Tensor:
    return torch.clone(self.second[name])
  def weight(self: __torch__.training.Training, name: str) -> Tensor:
    return torch.to(self.weights[name], self.dtype)
  def scaled(self: __torch__.training.Training, name: str, norm: str) -> Tensor:
    return torch.to(torch.mul(self.weights[name], self.weights[norm]), self.dtype)
  # without its weight, which is in the matrix behind it
  def norm(self: __torch__.training.Training, x: Tensor, inverse: float) -> Tensor:
    n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    r = torch.rsqrt(torch.add(torch.mul(torch.mul(n, n), inverse), self.epsilon))
    return torch.mul(x, torch.to(r, self.dtype))
  def rotate(self: __torch__.training.Training, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b, = torch.chunk(x, 2, -1)
    left = torch.sub(torch.mul(a, cos), torch.mul(b, sin))
    right = torch.add(torch.mul(b, cos), torch.mul(a, sin))
    return torch.cat([left, right], -1)
  def feed_forward(self: __torch__.training.Training, h: Tensor, p: str, inverse: float) -> Tensor:
    y = torch.linear((self).norm(h, inverse), (self).scaled(torch.add(p, ".gate_up"), torch.add(p, ".ffn_norm")))
    gate, up, = torch.chunk(y, 2, -1)
    return torch.add(h, torch.linear(torch.mul(torch.silu(gate), up), (self).weight(torch.add(p, ".down"))))
  # in three steps: the fused kernel makes one tiny product for each head, forth and back
  def attention(self: __torch__.training.Training, q: Tensor, k: Tensor, v: Tensor, scale: float, causal: bool) -> Tensor:
    n = torch.size(q, 2)
    scores = torch.matmul(torch.mul(q, scale), torch.transpose(k, 2, 3))
    if causal:
      mask = torch.triu(torch.full([n, n], -30000., dtype=self.dtype, device=ops.prim.device(q)), 1)
      masked = torch.add(scores, mask)
    else:
      masked = scores
    return torch.matmul(torch.softmax(masked, -1), v)
  def see(self: __torch__.training.Training, pixels: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    count = torch.size(pixels, 0)
    rows = torch.floordiv(torch.size(pixels, 1), self.patch)
    columns = torch.floordiv(torch.size(pixels, 2), self.patch)
    n = torch.mul(rows, columns)
    head = torch.floordiv(self.vision_width, self.vision_heads)
    inverse = self.vision_inverse
    x = torch.sub(torch.mul(torch.to(pixels, 6), self.pixel_scale), self.pixel_shift)
    y = torch.permute(torch.view(x, [count, rows, self.patch, columns, self.patch]), [0, 1, 3, 2, 4])
    z = torch.to(torch.reshape(y, [count, n, torch.mul(self.patch, self.patch)]), self.dtype)
    c = torch.unsqueeze(torch.to(cos, self.dtype), 1)
    s = torch.unsqueeze(torch.to(sin, self.dtype), 1)
    h = torch.mul((self).norm(torch.linear(z, (self).weight("vision.patch")), inverse), (self).weight("vision.norm"))
    for i in range(self.vision_layers):
      p = torch.format("vision.{}", i)
      qkv = torch.linear((self).norm(h, inverse), (self).scaled(torch.add(p, ".qkv"), torch.add(p, ".attention_norm")))
      q, k, v, = torch.unbind(torch.view(qkv, [count, n, 3, self.vision_heads, head]), 2)
      q1 = torch.transpose((self).rotate(q, c, s), 1, 2)
      k1 = torch.transpose((self).rotate(k, c, s), 1, 2)
      o = (self).attention(q1, k1, torch.transpose(v, 1, 2), self.vision_scale, False)
      o1 = torch.reshape(torch.transpose(o, 1, 2), [count, n, self.vision_width])
      h1 = torch.add(h, torch.linear(o1, (self).weight(torch.add(p, ".o"))))
      h = (self).feed_forward(h1, p, inverse)
    f = torch.gelu(torch.linear(h, (self).weight("projector.in"), (self).weight("projector.in.bias")))
    f1 = torch.linear(f, (self).weight("projector.out"), (self).weight("projector.out.bias"))
    return torch.view(f1, [count, rows, columns, self.width])
  def embed(self: __torch__.training.Training, seen: Tensor, breaks: Tensor, before: Tensor, ids: Tensor) -> Tensor:
    count = torch.size(seen, 0)
    rows = torch.size(seen, 1)
    columns = torch.size(seen, 2)
    table = (self).weight("text.embeddings")
    b = torch.expand(torch.view(torch.embedding(table, breaks), [1, rows, 1, self.width]), [count, rows, 1, self.width])
    image = torch.reshape(torch.cat([seen, b], 2), [count, torch.mul(rows, torch.add(columns, 1)), self.width])
    begin = torch.expand(torch.unsqueeze(torch.embedding(table, before), 0), [count, torch.size(before, 0), self.width])
    return torch.cat([begin, image, torch.embedding(table, ids)], 1)
  def repeat(self: __torch__.training.Training, x: Tensor) -> Tensor:
    count = torch.size(x, 0)
    n = torch.size(x, 2)
    if torch.eq(self.heads, self.kv_heads):
      y = x
    else:
      times = torch.floordiv(self.heads, self.kv_heads)
      y = torch.reshape(torch.expand(torch.unsqueeze(x, 2), [count, self.kv_heads, times, n, self.head_dim]), [count, self.heads, n, self.head_dim])
    return y
  # the last layer works only where an answer is
  def read(self: __torch__.training.Training, embedded: Tensor, cos: Tensor, sin: Tensor, keep: int) -> Tensor:
    count = torch.size(embedded, 0)
    n = torch.size(embedded, 1)
    inverse = self.inverse
    c = torch.unsqueeze(torch.to(cos, self.dtype), 1)
    s = torch.unsqueeze(torch.to(sin, self.dtype), 1)
    h = embedded
    for i in range(self.layers):
      p = torch.format("text.{}", i)
      qkv = torch.linear((self).norm(h, inverse), (self).scaled(torch.add(p, ".qkv"), torch.add(p, ".attention_norm")))
      all_heads = torch.add(self.heads, torch.mul(2, self.kv_heads))
      q, k, v, = torch.split_with_sizes(torch.view(qkv, [count, n, all_heads, self.head_dim]), [self.heads, self.kv_heads, self.kv_heads], 2)
      q1 = torch.transpose((self).rotate(q, c, s), 1, 2)
      k1 = torch.transpose((self).rotate(k, c, s), 1, 2)
      o = (self).attention(q1, (self).repeat(k1), (self).repeat(torch.transpose(v, 1, 2)), self.scale, True)
      o1 = torch.reshape(torch.transpose(o, 1, 2), [count, n, torch.mul(self.heads, self.head_dim)])
      if torch.eq(i, torch.sub(self.layers, 1)):
        o2 = torch.slice(o1, 1, torch.sub(n, keep), n, 1)
        h2 = torch.slice(h, 1, torch.sub(n, keep), n, 1)
      else:
        o2 = o1
        h2 = h
      h1 = torch.add(h2, torch.linear(o2, (self).weight(torch.add(p, ".o"))))
      h = (self).feed_forward(h1, p, inverse)
    return torch.to(torch.linear((self).norm(h, inverse), (self).scaled("text.head", "text.norm")), 6)
  def logits(self: __torch__.training.Training, pixels: Tensor, vcos: Tensor, vsin: Tensor, breaks: Tensor, before: Tensor, ids: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    embedded = (self).embed((self).see(pixels, vcos, vsin), breaks, before, ids)
    return (self).read(embedded, cos, sin, torch.size(ids, 1))
  # the likeliest token after each, the answer so far being given
  def predict(self: __torch__.training.Training, pixels: Tensor, vcos: Tensor, vsin: Tensor, breaks: Tensor, before: Tensor, ids: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return torch.argmax(torch.detach((self).logits(pixels, vcos, vsin, breaks, before, ids, cos, sin)), -1)
  def look(self: __torch__.training.Training, pixels: Tensor, vcos: Tensor, vsin: Tensor) -> int:
    self.state["seen"] = torch.detach((self).see(pixels, vcos, vsin))
    return 1
  # the likeliest token after the last, for the pictures looked at
  def next(self: __torch__.training.Training, breaks: Tensor, before: Tensor, ids: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    embedded = (self).embed(self.state["seen"], breaks, before, ids)
    z = torch.detach((self).read(embedded, cos, sin, 1))
    return torch.argmax(torch.select(z, 1, 0), -1)
  # Muon for a matrix: momentum, orthogonalised by five steps of Newton and Schulz
  def muon(self: __torch__.training.Training, gradient: Tensor, moment: Tensor) -> Tensor:
    a = torch.add_(torch.mul_(moment, 0.94999999999999996), gradient)
    u0 = torch.to(torch.add(torch.mul(a, 0.94999999999999996), gradient), self.dtype)
    tall = torch.gt(torch.size(u0, 0), torch.size(u0, 1))
    if tall:
      u = torch.contiguous(torch.transpose(u0, 0, 1))
    else:
      u = u0
    x = torch.div(u, torch.add(torch.linalg_vector_norm(u, 2), 9.9999999999999995e-08))
    for i in range(5):
      m = torch.mm(x, torch.transpose(x, 0, 1))
      n = torch.add(torch.mul(m, -4.7750000000000004), torch.mul(torch.mm(m, m), 2.0314999999999999))
      x = torch.add(torch.mul(x, 3.4445000000000001), torch.mm(n, x))
    if tall:
      y = torch.transpose(x, 0, 1)
    else:
      y = x
    return torch.to(y, 6)
  # gradients of a share of a step, behind them its loss, tokens that were right and tokens asked;
  # "whole" is what the emphasis of all shares adds up to
  def learn(self: __torch__.training.Training, pixels: Tensor, vcos: Tensor, vsin: Tensor, breaks: Tensor, before: Tensor, ids: Tensor, cos: Tensor, sin: Tensor, targets: Tensor, emphasis: Tensor, whole: float) -> List[Tensor]:
    z0 = (self).logits(pixels, vcos, vsin, breaks, before, ids, cos, sin)
    z = torch.reshape(z0, [-1, torch.size(z0, 2)])
    t = torch.reshape(targets, [-1])
    nll = torch.cross_entropy_loss(z, t, None, 0, -100, 0.)
    loss = torch.div(torch.sum(torch.mul(nll, torch.reshape(emphasis, [-1]))), whole)
    names = torch.keys(self.weights)
    params = annotate(List[Tensor], [])
    for i in range(torch.len(names)):
      _0 = torch.append(params, self.weights[names[i]])
    raw = torch.grad([loss], params)
    g = annotate(List[Tensor], [])
    for i in range(torch.len(raw)):
      _1 = torch.append(g, unchecked_cast(Tensor, raw[i]))
    asked = torch.to(torch.ne(t, -100), 6)
    right = torch.mul(torch.to(torch.eq(torch.argmax(torch.detach(z), -1), t), 6), asked)
    _2 = torch.append(g, torch.stack([torch.detach(loss), torch.sum(right), torch.sum(asked)], 0))
    return g
  # adds the second share to the first
  def gather(self: __torch__.training.Training, all: List[Tensor], more: List[Tensor]) -> int:
    torch._foreach_add_(all, more)
    return torch.len(all)
  # loss, norm of the gradients and share of tokens that were right; cuts the norm to 1
  def cut(self: __torch__.training.Training, all: List[Tensor]) -> Tensor:
    count = torch.len(self.weights)
    g = annotate(List[Tensor], [])
    for i in range(count):
      _0 = torch.append(g, all[i])
    length = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g, 2), 0), 2)
    clip = torch.clamp(torch.reciprocal(torch.add(length, 9.9999999999999995e-07)), None, 1.)
    torch._foreach_mul_(g, clip)
    loss, right, asked, = torch.unbind(all[count], 0)
    return torch.stack([loss, length, torch.div(right, asked)], 0)
  # moves each weight whose place leaves "part" when divided by "parts"
  def move(self: __torch__.training.Training, g: List[Tensor], part: int, parts: int, rate: float, decay: float, share: float, time: float) -> int:
    c1 = torch.sub(1., torch.pow(0.90000000000000002, time))
    c2 = torch.sub(1., torch.pow(0.98999999999999999, time))
    names = torch.keys(self.weights)
    for i in range(torch.len(names)):
      if torch.eq(torch.remainder(i, parts), part):
        _0 = (self).move_one(names[i], g[i], rate, decay, share, c1, c2)
      else:
        pass
    return torch.len(names)
  def move_one(self: __torch__.training.Training, name: str, g: Tensor, rate: float, decay: float, share: float, c1: float, c2: float) -> int:
    p = torch.detach(self.weights[name])
    a = self.first[name]
    matrix = torch.__and__(torch.eq(torch.dim(p), 2), torch.ne(name, "text.embeddings"))
    if torch.__and__(matrix, torch.ne(name, "text.head")):
      x = (self).muon(g, a)
      longest = torch.mul(1., ops.prim.max(torch.size(p, 0), torch.size(p, 1)))
      by = torch.mul(torch.mul(rate, share), torch.sqrt(annotate(float, longest)))
      _0 = torch.mul_(p, torch.sub(1., torch.mul(rate, decay)))
      _1 = torch.sub_(p, torch.mul(x, by))
    else:
      b = self.second[name]
      _2 = torch.add_(torch.mul_(a, 0.90000000000000002), g, alpha=0.10000000000000001)
      _3 = torch.addcmul_(torch.mul_(b, 0.98999999999999999), g, g, value=0.01)
      d = torch.add_(torch.sqrt(torch.div(b, c2)), 1e-08)
      if torch.eq(torch.dim(p), 2):
        _4 = torch.mul_(p, torch.sub(1., torch.mul(rate, decay)))
      else:
        pass
      _5 = torch.addcdiv_(p, a, d, value=torch.div(torch.neg(rate), c1))
    return 1
