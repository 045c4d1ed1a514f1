import type { RouterFamily } from './router-family.ts';

/** Language models. Columns: code, name, type, input, output, tags, released, description. */
export const CHAT_FAMILIES: readonly RouterFamily[] = [
  {
    symbol: 'alibaba',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    table: `
      qwen-turbo          | 通义千问            | Chat | 8192   | 2048 | chat,NLP                        | 2024-01-01 | 通义千问大模型
      qwen-max            | Qwen Max            | Chat | 32K    | 8K   | TXT_GEN,FUNC_CALL               | 2024-01-01 | 通义千问 Max，适合复杂任务
      qwen-plus           | 通义千问-Plus       | Chat | 131072 | 8192 | TXT_GEN,DEEP_THINK,FUNC_CALL    | 2024-01-25 | 效果、速度、成本均衡
      qwen-flash          | 通义千问-Flash      | Chat | 1M     | 32K  | TXT_GEN,FUNC_CALL               | 2025-07-28 | 速度快、成本低
      qwen-long           | 通义千问-Long       | Chat | 10M    | 8192 | TXT_GEN,LONG_CTX                | 2024-05-21 | 超长文档分析
      qwen3-max           | Qwen3 Max           | Chat | 256K   | 64K  | TXT_GEN,FUNC_CALL,CODE          | 2025-09-23 | Flagship of the Qwen3 generation
      qwen3-235b-a22b     | Qwen3 235B A22B     | Chat | 131072 | 16384 | TXT_GEN,DEEP_THINK             | 2025-04-28 | Mixture of experts, 22B active
      qwen3-32b           | Qwen3 32B           | Chat | 131072 | 16384 | TXT_GEN,DEEP_THINK             | 2025-04-28 | Dense model with switchable thinking
      qwen3-8b            | Qwen3 8B            | Chat | 131072 | 8192 | TXT_GEN,DEEP_THINK              | 2025-04-28
      qwen3-0.6b          | Qwen3 0.6B          | Chat | 32K    | 8K   | TXT_GEN                         | 2025-04-28 | 端侧小模型
      qwen3-coder-plus    | 通义千问3-Coder     | Chat | 1M     | 64K  | CODE,FUNC_CALL                  | 2025-07-22 | 代码智能体
      qwen2.5-72b-instruct | Qwen2.5 72B Instruct | Chat | 131072 | 8192 | TXT_GEN                       | 2024-09-19
      qwen2.5-7b-instruct | Qwen2.5 7B Instruct | Chat | 131072 | 8192 | TXT_GEN                         | 2024-09-19
      qwen2.5-coder-32b-instruct | Qwen2.5 Coder 32B | Chat | 131072 | 8192 | CODE                       | 2024-11-12
      qwen-math-plus      | 通义千问-数学       | Chat | 4K     | 3K   | MATH                            | 2024-08-16 | 数学解题
      qwq-plus            | QwQ Plus            | Chat | 128K   | 8K   | DEEP_THINK                      | 2025-03-05 | 推理模型
      qvq-max             | QVQ Max             | Chat | 131072 | 8192 | VISION,DEEP_THINK               | 2025-03-25 | 视觉推理
      qwen-vl-max         | 通义千问-VL-Max     | Chat | 131072 | 8192 | VISION,MULTIMODAL               | 2024-02-01 | 视觉理解
      qwen-vl-plus        | 通义千问-VL-Plus    | Chat | 131072 | 8192 | VISION,MULTIMODAL               | 2024-02-01
      qwen3-vl-plus       | Qwen3 VL Plus       | Chat | 256K   | 32K  | VISION,MULTIMODAL,DEEP_THINK    | 2025-09-23
      qwen-vl-ocr         | 通义千问-OCR        | Chat | 34096  | 4096 | VISION,OCR                      | 2024-10-28 | 文字提取
      qwen-omni-turbo     | 通义千问-Omni       | ChatFullmodal | 32K | 2K | MULTIMODAL,AUDIO            | 2025-01-19 | 文本、图像、音频、视频输入
      qwen3-omni-flash    | Qwen3 Omni Flash    | ChatFullmodal | 64K | 16K | MULTIMODAL,AUDIO           | 2025-09-15
      qwen-mt-plus        | 通义千问-翻译       | Chat | 16K    | 8K   | TRANSLATE                       | 2024-12-06 | 92 个语种互译
      qwen-deep-research  | 通义深度研究        | Chat | 997952 | 32768 | DEEP_THINK,WEB_SEARCH          | 2025-06-12
      tongyi-xiaomi-analysis-pro | 通义晓蜜对话分析 | Chat | 32K | 8K  | NLP                             | 2024-11-08 | 客服对话分析
      farui-plus          | 通义法睿            | Chat | 12K    | 2K   | NLP,LEGAL                       | 2024-04-15 | 法律行业模型`,
  },
  {
    symbol: 'deepseek',
    baseUrl: 'https://api.deepseek.com',
    table: `
      deepseek-chat       | DeepSeek Chat       | Chat | 128K   | 8K   | TXT_GEN,FUNC_CALL               | 2024-05-06
      deepseek-reasoner   | DeepSeek Reasoner   | Chat | 128K   | 64K  | DEEP_THINK                      | 2025-01-20
      deepseek-v3         | DeepSeek-V3         | Chat | 65536  | 8192 | TXT_GEN,FUNC_CALL               | 2024-12-26 | 671B 混合专家模型
      deepseek-v3.1       | DeepSeek-V3.1       | Chat | 128K   | 64K  | TXT_GEN,DEEP_THINK              | 2025-08-21
      deepseek-v3.2-exp   | DeepSeek-V3.2-Exp   | Chat | 128K   | 64K  | TXT_GEN,DEEP_THINK,LONG_CTX     | 2025-09-29 | Sparse attention
      deepseek-r1         | DeepSeek-R1         | Chat | 65536  | 16384 | DEEP_THINK,MATH,CODE           | 2025-01-20 | 强化学习训练的推理模型
      deepseek-r1-distill-qwen-32b | DeepSeek-R1-Distill-Qwen-32B | Chat | 32768 | 16384 | DEEP_THINK   | 2025-01-20
      deepseek-r1-distill-llama-70b | DeepSeek-R1-Distill-Llama-70B | Chat | 32768 | 16384 | DEEP_THINK | 2025-01-20`,
  },
  {
    symbol: 'meta',
    baseUrl: 'https://llama.example.com/v1',
    table: `
      llama-4-maverick-17b-128e-instruct | Llama 4 Maverick | Chat | 1M | 8K | TXT_GEN,VISION            | 2025-04-05
      llama-4-scout-17b-16e-instruct | Llama 4 Scout | Chat | 10M | 8K  | TXT_GEN,VISION,LONG_CTX         | 2025-04-05
      llama-3.3-70b-instruct | Llama 3.3 70B    | Chat | 128K   | 8192 | TXT_GEN,FUNC_CALL               | 2024-12-06
      llama-3.1-405b-instruct | Llama 3.1 405B  | Chat | 128000 | 4096 | TXT_GEN                         | 2024-07-23
      llama-3.1-8b-instruct | Llama 3.1 8B      | Chat | 128000 | 4096 | TXT_GEN                         | 2024-07-23
      llama-2-13b-chat    | Llama 2 13B Chat    | chat | 4096   | 2048 | TXT_GEN                         | 2023-07-18 | 已停用`,
    disabled: ['llama-2-13b-chat'],
  },
  {
    symbol: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    table: `
      mistral-large-latest | Mistral Large      | Chat | 128K   | 8K   | TXT_GEN,FUNC_CALL               | 2024-07-24
      mistral-medium-latest | Mistral Medium 3  | Chat | 128K   | 8K   | TXT_GEN,VISION                  | 2025-05-07
      mistral-small-latest | Mistral Small 3.2  | Chat | 128K   | 8K   | TXT_GEN                         | 2025-06-20
      magistral-medium-latest | Magistral Medium | Chat | 40K   | 40K  | DEEP_THINK                      | 2025-06-10
      codestral-latest    | Codestral           | Chat | 256K   | 8K   | CODE                            | 2024-05-29
      open-mixtral-8x22b  | Mixtral 8x22B       | Chat | 64K    | 4K   | TXT_GEN                         | 2024-04-17`,
  },
  {
    symbol: 'zhipu',
    baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
    table: `
      glm-4.6             | 智谱 GLM-4.6        | Chat | 200K   | 128K | TXT_GEN,DEEP_THINK,CODE         | 2025-09-30
      glm-4.5             | 智谱 GLM-4.5        | Chat | 128K   | 96K  | TXT_GEN,DEEP_THINK,FUNC_CALL    | 2025-07-28
      glm-4.5-air         | 智谱 GLM-4.5-Air    | Chat | 128K   | 96K  | TXT_GEN,DEEP_THINK              | 2025-07-28 | 轻量版
      glm-4.5v            | 智谱 GLM-4.5V       | Chat | 64K    | 16K  | VISION,DEEP_THINK               | 2025-08-11
      glm-4-plus          | 智谱 GLM-4-Plus     | Chat | 128K   | 4K   | TXT_GEN,FUNC_CALL               | 2024-08-28
      glm-4-flash         | 智谱 GLM-4-Flash    | Chat | 128K   | 4K   | TXT_GEN                         | 2024-08-27 | 免费
      glm-z1-air          | 智谱 GLM-Z1-Air     | Chat | 32K    | 30K  | DEEP_THINK                      | 2025-04-14
      chatglm3-6b         | ChatGLM3-6B         | Chat | 8192   | 2048 | chat,NLP                        | 2023-10-27 | 已停用`,
    disabled: ['chatglm3-6b'],
  },
  {
    symbol: 'moonshot',
    baseUrl: 'https://api.moonshot.cn/v1',
    table: `
      kimi-k2-0905-preview | Kimi K2            | Chat | 256K   | 16K  | TXT_GEN,FUNC_CALL,CODE          | 2025-09-05 | 万亿参数混合专家
      kimi-k2-turbo-preview | Kimi K2 Turbo     | Chat | 256K   | 16K  | TXT_GEN,FUNC_CALL               | 2025-08-01
      kimi-thinking-preview | Kimi 长思考       | Chat | 131072 | 32768 | DEEP_THINK,VISION              | 2025-05-06
      moonshot-v1-8k      | Moonshot 8K         | Chat | 8K     | 4K   | TXT_GEN                         | 2023-11-16
      moonshot-v1-32k     | Moonshot 32K        | Chat | 32K    | 8K   | TXT_GEN                         | 2023-11-16
      moonshot-v1-128k    | Moonshot 128K       | Chat | 128K   | 16K  | TXT_GEN,LONG_CTX                | 2023-11-16`,
  },
  {
    symbol: 'baichuan',
    baseUrl: 'https://api.baichuan-ai.com/v1',
    table: `
      Baichuan4-Turbo     | 百川4-Turbo         | Chat | 32K    | 2048 | TXT_GEN                         | 2024-10-31
      Baichuan4-Air       | 百川4-Air           | Chat | 32K    | 2048 | TXT_GEN                         | 2024-10-31
      Baichuan-M2         | 百川医疗增强 M2     | Chat | 32K    | 4K   | TXT_GEN,MEDICAL                 | 2025-08-11 | 医疗推理`,
  },
  {
    symbol: '01ai',
    baseUrl: 'https://api.lingyiwanwu.com/v1',
    table: `
      yi-lightning        | 零一万物 Yi-Lightning | Chat | 16K  | 4K   | TXT_GEN                         | 2024-10-16
      yi-large            | 零一万物 Yi-Large   | Chat | 32K    | 4K   | TXT_GEN                         | 2024-05-13
      yi-vision-v2        | 零一万物 Yi-Vision  | Chat | 16K    | 4K   | VISION                          | 2024-12-11`,
  },
  {
    symbol: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    table: `
      gpt-5               | GPT-5               | Chat | 400000 | 128000 | TXT_GEN,DEEP_THINK,VISION     | 2025-08-07
      gpt-5-mini          | GPT-5 mini          | Chat | 400000 | 128000 | TXT_GEN,DEEP_THINK            | 2025-08-07
      gpt-4.1             | GPT-4.1             | Chat | 1047576 | 32768 | TXT_GEN,FUNC_CALL,LONG_CTX    | 2025-04-14
      gpt-4.1-mini        | GPT-4.1 mini        | Chat | 1047576 | 32768 | TXT_GEN,FUNC_CALL             | 2025-04-14
      gpt-4o              | GPT-4o              | Chat | 128000 | 16384 | TXT_GEN,VISION                 | 2024-05-13
      gpt-4o-mini         | GPT-4o mini         | Chat | 128000 | 16384 | TXT_GEN,VISION                 | 2024-07-18
      o3                  | OpenAI o3           | Chat | 200000 | 100000 | DEEP_THINK                    | 2025-04-16
      o4-mini             | OpenAI o4-mini      | Chat | 200000 | 100000 | DEEP_THINK                    | 2025-04-16
      gpt-oss-120b        | gpt-oss-120b        | Chat | 131072 | 32768 | TXT_GEN,DEEP_THINK             | 2025-08-05 | Open weights
      gpt-3.5-turbo       | GPT-3.5 Turbo       | Chat | 16385  | 4096 | TXT_GEN                         | 2023-03-01 | 已停用`,
    disabled: ['gpt-3.5-turbo'],
  },
  {
    symbol: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    table: `
      claude-opus-4-1     | Claude Opus 4.1     | Chat | 200K   | 32K  | TXT_GEN,DEEP_THINK,CODE         | 2025-08-05
      claude-sonnet-4-5   | Claude Sonnet 4.5   | Chat | 200K   | 64K  | TXT_GEN,DEEP_THINK,CODE         | 2025-09-29
      claude-haiku-4-5    | Claude Haiku 4.5    | Chat | 200K   | 64K  | TXT_GEN,FUNC_CALL               | 2025-10-15
      claude-3-7-sonnet   | Claude 3.7 Sonnet   | Chat | 200K   | 64K  | TXT_GEN,DEEP_THINK              | 2025-02-24
      claude-3-5-haiku    | Claude 3.5 Haiku    | Chat | 200K   | 8192 | TXT_GEN                         | 2024-10-22`,
  },
  {
    symbol: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    table: `
      gemini-2.5-pro      | Gemini 2.5 Pro      | ChatFullmodal | 1048576 | 65536 | MULTIMODAL,DEEP_THINK | 2025-06-17
      gemini-2.5-flash    | Gemini 2.5 Flash    | ChatFullmodal | 1048576 | 65536 | MULTIMODAL           | 2025-06-17
      gemini-2.5-flash-lite | Gemini 2.5 Flash-Lite | Chat | 1048576 | 65536 | TXT_GEN              | 2025-07-22
      gemma-3-27b-it      | Gemma 3 27B         | Chat | 128K   | 8192 | TXT_GEN,VISION                  | 2025-03-12`,
  },
  {
    symbol: 'minimax',
    baseUrl: 'https://api.minimaxi.com/v1',
    table: `
      MiniMax-M2          | MiniMax-M2          | Chat | 204800 | 131072 | TXT_GEN,CODE,FUNC_CALL        | 2025-10-27
      MiniMax-M1          | MiniMax-M1          | Chat | 1M     | 80K  | DEEP_THINK,LONG_CTX             | 2025-06-16
      abab6.5s-chat       | 海螺 abab6.5s       | Chat | 245760 | 8192 | TXT_GEN                         | 2024-04-17`,
  },
  {
    symbol: 'bytedance',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    table: `
      doubao-seed-1-6     | 豆包 Seed 1.6       | Chat | 256K   | 32K  | TXT_GEN,DEEP_THINK,VISION       | 2025-06-11
      doubao-1-5-pro-32k  | 豆包 1.5 Pro        | Chat | 32K    | 12K  | TXT_GEN                         | 2025-01-22
      doubao-1-5-lite-32k | 豆包 1.5 Lite       | Chat | 32K    | 12K  | TXT_GEN                         | 2025-01-22`,
  },
  {
    symbol: 'tencent',
    baseUrl: 'https://api.hunyuan.cloud.tencent.com/v1',
    table: `
      hunyuan-turbos-latest | 腾讯混元 TurboS   | Chat | 32K    | 16K  | TXT_GEN                         | 2025-03-10
      hunyuan-t1-latest   | 腾讯混元 T1         | Chat | 32K    | 64K  | DEEP_THINK                      | 2025-03-21`,
  },
  {
    symbol: 'baidu',
    baseUrl: 'https://qianfan.baidubce.com/v2',
    table: `
      ernie-4.5-turbo-128k | 文心 4.5 Turbo     | Chat | 128K   | 12K  | TXT_GEN                         | 2025-04-25
      ernie-x1-turbo-32k  | 文心 X1 Turbo       | Chat | 32K    | 28K  | DEEP_THINK                      | 2025-04-25`,
  },
  {
    symbol: 'xai',
    baseUrl: 'https://api.x.ai/v1',
    table: `
      grok-4              | Grok 4              | Chat | 256K   | 64K  | TXT_GEN,DEEP_THINK              | 2025-07-09
      grok-code-fast-1    | Grok Code Fast 1    | Chat | 256K   | 10K  | CODE                            | 2025-08-28`,
  },
];
