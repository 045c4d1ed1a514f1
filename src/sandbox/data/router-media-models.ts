import type { RouterFamily } from './router-family.ts';

/** Vectors, ranking, images, video and speech. Columns as for the language models. */
export const MEDIA_FAMILIES: readonly RouterFamily[] = [
  {
    symbol: 'alibaba',
    baseUrl: 'https://dashscope.aliyuncs.com',
    table: `
      text-embedding-v4   | 通用文本向量 v4     | Embedding | 8192  |      | EMBED                | 2025-06-05 | 64 到 2048 维
      text-embedding-v3   | 通用文本向量 v3     | Embedding | 8192  |      | EMBED                | 2024-07-12
      text-embedding-v2   | 通用文本向量 v2     | Embedding | 2048  |      |                      | 2023-09-01
      tongyi-embedding-vision-plus | 多模态向量 | MultimodalEmbedding | 1024 | | EMBED,MULTIMODAL   | 2025-08-12
      gte-rerank-v2       | 通用文本排序        | Rerank | 30000    |      | RERANK               | 2025-03-20
      qwen3-rerank        | Qwen3 Rerank        | Rerank | 30000    |      | RERANK               | 2025-08-15
      qwen3-vl-rerank     | Qwen3 VL Rerank     | MultimodalRerank | 32K |   | RERANK,MULTIMODAL    | 2025-10-20
      wan2.5-t2i-preview  | 通义万相 2.5 文生图 | ImageGeneration | 2000 |   | IMG_GEN              | 2025-09-23
      wan2.2-t2i-plus     | 通义万相 2.2 文生图 | ImageGeneration | 500  |   | IMG_GEN              | 2025-08-04
      qwen-image          | 通义千问-图像       | ImageGeneration | 800  |   | IMG_GEN              | 2025-08-04 | 擅长渲染中文
      qwen-image-edit     | 通义千问-图像编辑   | ImageEdit | 800       |   | IMG_EDIT             | 2025-08-19
      wanx2.1-imageedit   | 通义万相图像编辑    | ImageEdit | 800       |   | IMG_EDIT             | 2025-03-17
      wan2.5-t2v-preview  | 通义万相 2.5 文生视频 | VideoGeneration | 2000 | | VIDEO_GEN,AUDIO      | 2025-09-23
      wan2.2-t2v-plus     | 通义万相 2.2 文生视频 | VideoGeneration | 800 |  | VIDEO_GEN            | 2025-08-04
      wan2.5-i2v-preview  | 通义万相 2.5 图生视频 | VideoImageGeneration | 2000 | | VIDEO_GEN,AUDIO | 2025-09-23
      wan2.2-i2v-flash    | 通义万相 2.2 图生视频 | VideoImageGeneration | 800 | | VIDEO_GEN        | 2025-08-11
      paraformer-v2       | Paraformer 语音识别 | ASR | | | ASR                                       | 2024-09-13 | 录音文件识别
      paraformer-realtime-v2 | Paraformer 实时识别 | ASR | | | ASR                                    | 2024-09-13
      fun-asr             | Fun-ASR             | ASR | | | ASR                                       | 2025-08-28
      qwen3-asr-flash     | Qwen3 ASR Flash     | ASR | | | ASR                                       | 2025-09-08
      sensevoice-v1       | SenseVoice          | ASR | | | ASR                                       | 2024-07-05 | 已停用
      cosyvoice-v3-plus   | CosyVoice v3 Plus   | TTS | 20000 | | TTS                                  | 2025-09-22
      cosyvoice-v2        | CosyVoice v2        | TTS | 20000 | | TTS                                  | 2025-01-15
      qwen3-tts-flash     | Qwen3 TTS Flash     | TTS | 600   | | TTS                                  | 2025-09-18
      sambert-zhichu-v1   | Sambert 知厨        | TTS | 10000 | | TTS                                  | 2023-06-01 | 已停用`,
    disabled: ['sensevoice-v1', 'sambert-zhichu-v1'],
  },
  {
    symbol: 'blackforestlabs',
    baseUrl: 'https://api.bfl.ai/v1',
    table: `
      flux-1.1-pro        | FLUX1.1 [pro]       | ImageGeneration | 512 | | IMG_GEN                     | 2024-10-02
      flux-schnell        | FLUX.1 [schnell]    | ImageGeneration | 256 | | IMG_GEN                     | 2024-08-01 | Four steps
      flux-dev            | FLUX.1 [dev]        | ImageGeneration | 512 | | IMG_GEN                     | 2024-08-01
      flux-kontext-max    | FLUX.1 Kontext [max] | ImageEdit | 512 | | IMG_EDIT                         | 2025-05-29`,
  },
  {
    symbol: 'stability',
    baseUrl: 'https://api.stability.ai/v2beta',
    table: `
      stable-diffusion-3.5-large | Stable Diffusion 3.5 Large | ImageGeneration | 512 | | IMG_GEN        | 2024-10-22
      stable-diffusion-xl | Stable Diffusion XL | ImageGeneration | 77 | | IMG_GEN                      | 2023-07-26`,
  },
  {
    symbol: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    table: `
      gpt-image-1         | GPT Image 1         | ImageGeneration | 32000 | | IMG_GEN,IMG_EDIT          | 2025-04-23
      sora-2              | Sora 2              | VideoGeneration | 32000 | | VIDEO_GEN,AUDIO           | 2025-09-30
      whisper-1           | Whisper             | ASR | | | ASR                                       | 2023-03-01
      tts-1-hd            | TTS-1 HD            | TTS | 4096 | | TTS                                   | 2023-11-06
      text-embedding-3-large | Text Embedding 3 Large | Embedding | 8191 | | EMBED                   | 2024-01-25
      text-embedding-3-small | Text Embedding 3 Small | Embedding | 8191 | | EMBED                   | 2024-01-25`,
  },
  {
    symbol: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    table: `
      veo-3.0-generate-001 | Veo 3              | VideoGeneration | 1024 | | VIDEO_GEN,AUDIO            | 2025-07-17
      imagen-4.0-generate-001 | Imagen 4        | ImageGeneration | 480  | | IMG_GEN                    | 2025-06-24
      gemini-embedding-001 | Gemini Embedding   | Embedding | 2048 | | EMBED                            | 2025-07-14`,
  },
  {
    symbol: 'kuaishou',
    baseUrl: 'https://api.klingai.com/v1',
    table: `
      kling-v2-1-master   | 可灵 2.1 大师版     | VideoImageGeneration | 2500 | | VIDEO_GEN             | 2025-05-29
      kling-v1-6          | 可灵 1.6            | VideoGeneration | 2500 | | VIDEO_GEN                  | 2024-12-19`,
  },
  {
    symbol: 'baai',
    baseUrl: 'https://bge.example.com/v1',
    table: `
      bge-m3              | BGE-M3              | Embedding | 8K  | | EMBED                             | 2024-01-30 | 智源多语言向量
      bge-large-zh-v1.5   | BGE Large 中文      | Embedding | 512 | | EMBED                             | 2023-09-12
      bge-reranker-v2-m3  | BGE Reranker v2 M3  | Rerank | 8K     | | RERANK                            | 2024-03-15`,
  },
  {
    symbol: 'cohere',
    baseUrl: 'https://api.cohere.com/v2',
    table: `
      embed-v4.0          | Cohere Embed 4      | MultimodalEmbedding | 128000 | | EMBED,MULTIMODAL     | 2025-04-15
      rerank-v3.5         | Cohere Rerank 3.5   | Rerank | 4096   | | RERANK                             | 2024-12-02`,
  },
];
