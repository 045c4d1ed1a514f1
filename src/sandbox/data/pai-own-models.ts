/**
 * Models registered by the demo account.
 * Columns: name, domain, task, type, origin, size in millions, workspace, labels, framework, format, description.
 */
export const OWN_MODELS = `
  qwen3-8b                   | nlp | text-generation | Checkpoint | ModelScope | 8190 | 23401 | env=prod,team=platform | Pytorch | SavedModel | 通义千问3 8B 基座
  Qwen2.5-7B-Instruct        | nlp | text-generation | Checkpoint | ModelScope | 7620 | 23401 | env=prod | Pytorch | SavedModel | 指令模型
  qwen2.5-72b-instruct       | nlp | text-generation | Checkpoint | ModelScope | 72700 | 23401 | env=prod,gpu=A100 | | | 指令模型 72B
  deepseek-r1-distill-qwen-32b | nlp | text-generation | Checkpoint | HuggingFace | 32800 | 23401 | env=staging | Pytorch | SavedModel | Distilled reasoning model
  llama-3.1-8b-instruct      | nlp | text-generation | Checkpoint | HuggingFace | 8030 | 32417 | env=test | Pytorch | SavedModel | Llama 3.1 8B
  Llama-3.3-70B-Instruct     | nlp | text-generation | Checkpoint | HuggingFace | 70600 | 32417 | env=staging,gpu=A100 | | | Llama 3.3 70B
  mistral-7b-instruct-v0.3   | nlp | text-generation | Checkpoint | HuggingFace | 7250 | 32417 | env=test | Pytorch | SavedModel | Mistral 7B
  glm-4-9b-chat              | nlp | text-generation | Checkpoint | ModelScope | 9400 | 23401 | env=test | | | 智谱 GLM-4 9B
  baichuan2-13b-chat         | nlp | text-generation | Checkpoint | ModelScope | 13900 | 23401 | env=retired | Pytorch | SavedModel | 百川2 13B
  yi-1.5-34b-chat            | nlp | text-generation | Checkpoint | ModelScope | 34400 | 79645 | env=test | | | 零一万物 Yi 1.5
  customer-service-qwen-7b   | nlp | text-generation | LoRA | Custom | 7620 | 23401 | env=prod,team=service | Pytorch | SavedModel | 客服问答微调
  客服意图识别               | nlp | text-classification | Checkpoint | Custom | 110 | 23401 | env=prod,team=service | TensorFlow | SavedModel | 识别 86 类客服意图
  新闻分类                   | nlp | text-classification | Checkpoint | ModelScope | 3000 | 23401 | env=test | TensorFlow | SavedModel | 新闻分类。
  Sentiment Analysis         | nlp | text-classification | Checkpoint | ModelScope | 1024 | 32417 | env=test | | | Sentiment analysis
  评论情感分析               | nlp | text-classification | Checkpoint | Custom | 340 | 23401 | env=prod,team=retail | Pytorch | TorchScript | 电商评论
  合同要素抽取               | nlp | named-entity-recognition | Checkpoint | Custom | 340 | 79645 | env=prod,team=legal | Pytorch | TorchScript | 合同双方、金额、日期
  contract-review-v2         | nlp | text-generation | LoRA | Custom | 14800 | 79645 | env=staging,team=legal | | | Contract review
  medical-ner                | nlp | named-entity-recognition | Checkpoint | HuggingFace | 340 | 79645 | env=test,team=health | Pytorch | ONNX | 医学命名实体识别
  bge-m3                     | nlp | feature-extraction | Checkpoint | HuggingFace | 568 | 23401 | env=prod | Pytorch | ONNX | 多语言向量
  bge-large-zh-v1.5          | nlp | feature-extraction | Checkpoint | HuggingFace | 326 | 23401 | env=prod | Pytorch | ONNX | 中文向量
  bge-reranker-v2-m3         | nlp | text-ranking | Checkpoint | HuggingFace | 568 | 23401 | env=prod | | | 重排序
  gte-Qwen2-7B-instruct      | nlp | feature-extraction | Checkpoint | ModelScope | 7610 | 32417 | env=test | | | Text embeddings
  opus-mt-zh-en              | nlp | translation | Checkpoint | HuggingFace | 78 | 32417 | env=test | Pytorch | TorchScript | 中译英
  product-title-generator    | nlp | text-generation | LoRA | Custom | 1540 | 23401 | env=staging,team=retail | | | 商品标题生成
  internal-coder-32b         | nlp | text-generation | LoRA | Custom | 32800 | 23401 | env=prod,team=platform | Pytorch | SavedModel | 内部代码助手
  sql-copilot                | nlp | text-generation | Checkpoint | Custom | 7620 | 32417 | env=staging,team=data | | | Text to SQL
  周报摘要                   | nlp | summarization | LoRA | Custom | 7620 | 32417 | env=test | | | 周报自动摘要
  bert-base-chinese          | nlp | fill-mask | Checkpoint | HuggingFace | 102 | 23401 | | TensorFlow | SavedModel | BERT 中文
  structbert-faq             | nlp | question-answering | Checkpoint | ModelScope | 340 | 79645 | env=prod | | | FAQ 问答
  rumor-detector             | nlp | text-classification | Checkpoint | Custom | 110 | 79645 | env=retired | Keras | Keras H5 | 谣言检测
  yolov8-defect              | cv | object-detection | Checkpoint | Custom | 43 | 32417 | env=prod,team=factory | Pytorch | ONNX | 产线缺陷检测
  YOLOv5 Helmet              | cv | object-detection | Checkpoint | Custom | 21 | 32417 | env=prod,team=factory | Pytorch | TorchScript | 安全帽检测
  resnet50-product           | cv | image-classification | Checkpoint | Custom | 25 | 23401 | env=prod,team=retail | TensorFlow | Frozen Pb | 商品分类
  垃圾分类                   | cv | image-classification | Checkpoint | ModelScope | 23 | 32417 | env=test | Caffe | Caffe Prototxt | 265 类垃圾
  vit-medical-xray           | cv | image-classification | Checkpoint | Custom | 86 | 79645 | env=staging,team=health | | | 胸片分类
  sam2-hiera-large           | cv | image-segmentation | Checkpoint | HuggingFace | 224 | 32417 | env=test | | | Segment Anything 2
  人像抠图                   | cv | image-matting | Checkpoint | ModelScope | 12 | 23401 | env=prod | TensorFlow | SavedModel | BSHM 人像抠图
  ocr-invoice                | cv | ocr-detection | Checkpoint | Custom | 15 | 79645 | env=prod,team=finance | | | 发票识别
  车牌识别                   | cv | ocr-recognition | Checkpoint | ModelScope | 9 | 32417 | env=prod | Pytorch | ONNX | 车牌识别
  face-quality               | cv | face-detection | Checkpoint | Custom | 3 | 32417 | env=retired | | | 人脸质量
  stable-diffusion-xl        | cv | text-to-image | Checkpoint | HuggingFace | 3500 | 23401 | env=test | Pytorch | SavedModel | SDXL base 1.0
  flux-dev                   | cv | text-to-image | Checkpoint | HuggingFace | 12000 | 23401 | env=staging | | | FLUX.1 dev
  flux-brand-style           | cv | text-to-image | LoRA | Custom | 12000 | 23401 | env=prod,team=design | Pytorch | SavedModel | 品牌风格 LoRA
  国风插画                   | cv | text-to-image | LoRA | Civitai | 3500 | 23401 | team=design | | | 国风插画 LoRA
  wan2.1-t2v-1.3b            | cv | text-to-video | Checkpoint | ModelScope | 1300 | 23401 | env=test | | | 通义万相文生视频
  paraformer-v2              | audio | auto-speech-recognition | Checkpoint | ModelScope | 220 | 23401 | env=prod | Pytorch | ONNX | 语音识别
  会议转写                   | audio | auto-speech-recognition | Checkpoint | Custom | 220 | 79645 | env=staging | | | 会议场景微调
  CosyVoice2-0.5B            | audio | text-to-speech | Checkpoint | ModelScope | 500 | 23401 | env=test | | | 语音合成
  whisper-large-v3           | audio | auto-speech-recognition | Checkpoint | HuggingFace | 1550 | 32417 | env=test | Pytorch | SavedModel | Whisper
  keyword-spotting           | audio | keyword-spotting | Checkpoint | Custom | 1 | 32417 | env=prod | | | 唤醒词
  qwen2-vl-7b-instruct       | multi-modal | visual-question-answering | Checkpoint | ModelScope | 8290 | 23401 | env=staging | Pytorch | SavedModel | 视觉语言模型
  internvl2-8b               | multi-modal | visual-question-answering | Checkpoint | HuggingFace | 8080 | 32417 | env=test | | | InternVL 2
  chinese-clip-vit-l14       | multi-modal | multi-modal-embedding | Checkpoint | ModelScope | 406 | 23401 | env=prod,team=retail | Pytorch | ONNX | 图文检索
  商品图文匹配               | multi-modal | multi-modal-similarity | Checkpoint | Custom | 406 | 23401 | env=staging,team=retail | | | 图文一致性
  fraud-xgboost              | tabular | classification | Checkpoint | Custom | 0 | 79645 | env=prod,team=finance | XGBoost | XGBoost | 交易反欺诈
  churn-prediction           | tabular | classification | Checkpoint | Custom | 0 | 23401 | env=prod,team=retail | Alink | AlinkModel | 用户流失预测
  信用评分卡                 | tabular | scorecard | Checkpoint | Custom | 0 | 79645 | env=prod,team=finance | Xflow | OfflineModel | 评分卡
  sales-forecast             | tabular | regression | Checkpoint | Custom | 0 | 23401 | env=staging,team=retail | XGBoost | PMML | 销量预测
  ctr-deepfm                 | recommendation | ctr-prediction | Checkpoint | Custom | 60 | 23401 | env=prod,team=ads | TensorFlow | SavedModel | 点击率预估
  multi-tower-din            | recommendation | ctr-prediction | Checkpoint | Custom | 85 | 23401 | env=test,team=ads | TensorFlow | SavedModel | EasyRec 多塔
  dssm-recall                | recommendation | matching | Checkpoint | Custom | 30 | 23401 | env=prod,team=ads | | | 双塔召回
  protein-esm2-650m          | science | protein-folding | Checkpoint | HuggingFace | 650 | 79645 | env=test | | | ESM-2
  weather-fuxi               | science | forecasting | Checkpoint | Custom | 1500 | 79645 | env=test | | | 伏羲气象
  qwen3-8b                   | nlp | text-generation | LoRA | Custom | 8190 | 32417 | env=test,team=data | | | 同名模型，另一工作空间
  risk-scoring               | nlp | text-classification | Endpoint | Custom | 110 | 79645 | env=retired | | | Deployed endpoint
`;

/** Public models of the provider `pai`, as its model gallery shows them. Columns as above, without labels. */
export const GALLERY_MODELS = `
  Qwen3-235B-A22B            | nlp | text-generation | Checkpoint | ModelScope | 235000 | | | Pytorch | SavedModel | 通义千问3 旗舰
  Qwen3-32B                  | nlp | text-generation | Checkpoint | ModelScope | 32800 | | | Pytorch | SavedModel | 通义千问3 32B
  Qwen3-8B                   | nlp | text-generation | Checkpoint | ModelScope | 8190 | | | Pytorch | SavedModel | 通义千问3 8B
  Qwen3-0.6B                 | nlp | text-generation | Checkpoint | ModelScope | 600 | | | Pytorch | SavedModel | 通义千问3 0.6B
  Qwen2.5-Coder-32B-Instruct | nlp | text-generation | Checkpoint | ModelScope | 32800 | | | Pytorch | SavedModel | 代码模型
  DeepSeek-R1                | nlp | text-generation | Checkpoint | ModelScope | 671000 | | | Pytorch | SavedModel | 推理模型
  DeepSeek-V3                | nlp | text-generation | Checkpoint | ModelScope | 671000 | | | Pytorch | SavedModel | 混合专家模型
  DeepSeek-R1-Distill-Qwen-7B | nlp | text-generation | Checkpoint | ModelScope | 7620 | | | Pytorch | SavedModel | 蒸馏推理模型
  Llama-4-Scout-17B-16E-Instruct | nlp | text-generation | Checkpoint | HuggingFace | 109000 | | | Pytorch | SavedModel | Llama 4 Scout
  Mixtral-8x7B-Instruct-v0.1 | nlp | text-generation | Checkpoint | HuggingFace | 46700 | | | Pytorch | SavedModel | Mixtral
  GLM-4.5-Air                | nlp | text-generation | Checkpoint | ModelScope | 106000 | | | Pytorch | SavedModel | 智谱 GLM
  Kimi-K2-Instruct           | nlp | text-generation | Checkpoint | ModelScope | 1000000 | | | Pytorch | SavedModel | 月之暗面 Kimi K2
  gpt-oss-120b               | nlp | text-generation | Checkpoint | HuggingFace | 117000 | | | Pytorch | SavedModel | Open weights
  Qwen2.5-VL-72B-Instruct    | multi-modal | visual-question-answering | Checkpoint | ModelScope | 73400 | | | Pytorch | SavedModel | 视觉理解
  Wan2.1-T2V-14B             | cv | text-to-video | Checkpoint | ModelScope | 14000 | | | Pytorch | SavedModel | 通义万相
  FLUX.1-schnell             | cv | text-to-image | Checkpoint | HuggingFace | 12000 | | | Pytorch | SavedModel | Four steps
  SenseVoiceSmall            | audio | auto-speech-recognition | Checkpoint | ModelScope | 234 | | | Pytorch | ONNX | 多语言语音理解
  ResNet50                   | cv | image-classification | Checkpoint | ModelScope | 25 | | | TensorFlow | SavedModel | 图像分类
`;
