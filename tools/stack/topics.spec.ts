import { stackTopics } from './topics';

describe('the topics', () => {
  const topics = new Map(stackTopics(['360400', '430100']).map((topic) => [topic.topic, topic]));

  it('are five of facts, and a pair for every city', () => {
    expect([...topics.keys()].sort()).toEqual([
      'clearing.facts',
      'crosscheck.facts',
      'enrolment.facts',
      'settlement.answers.360400',
      'settlement.answers.430100',
      'settlement.facts',
      'settlement.requests.360400',
      'settlement.requests.430100',
      'supervision.facts',
    ]);
  });

  it.each([
    // topic                       partitions  retentionMs
    ['settlement.facts', 12, '-1'],
    ['enrolment.facts', 12, '-1'],
    ['settlement.requests.430100', 4, '172800000'],
    ['settlement.answers.430100', 4, '172800000'],
  ])('%s has %i partitions and keeps for %s ms', (name, partitions, retention) => {
    expect(topics.get(name)).toMatchObject({
      numPartitions: partitions,
      configEntries: [{ name: 'retention.ms', value: retention }],
    });
  });
});
