export { type KafkaDoor, type KafkaOptions, createKafka } from './create-kafka';
export { type ConsumeOptions, type KafkaConsumer, TopicMissing } from './ports';
export { KafkaPublisher, PublisherClosed } from './publisher';
export { type KafkaConfig, kafkaSettings } from './settings';
